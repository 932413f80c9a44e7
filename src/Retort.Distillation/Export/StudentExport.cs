using Retort.Checkpoints;
using Retort.Formats.Files;
using Retort.Formats.Onnx;
using Retort.Nn;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Export;

/// <summary>The student in files that other tools open.</summary>
public static class StudentExport
{
    public const string OnnxFile = "model.onnx";

    /// <param name="student">Folder of the trained student.</param>
    /// <param name="target">Folder of the exports.</param>
    /// <param name="formats">safetensors, onnx.</param>
    /// <param name="device">Where the student is read to.</param>
    public static void Write(string student, string target, IReadOnlyList<string> formats, Device device)
    {
        var (module, description) = ModelCheckpoint.Load(student, device);
        using (module)
        {
            Directory.CreateDirectory(target);
            if (formats.Contains("safetensors"))
            {
                ModelCheckpoint.Save(target, module, description);
                CheckRoundTrip(target, module, device);
            }
            if (formats.Contains("onnx")) OnnxWriter.Write(Path.Combine(target, OnnxFile), OnnxExport.GraphOf(module, description));
            if (description.Target is null) // a number's column stands in model.json
                AtomicFile.WriteText(Path.Combine(target, "classes.txt"), string.Join('\n', description.ClassNames) + "\n");
        }
    }

    /// <summary>The exported bytes, read back, must be the student's, bit for bit.</summary>
    private static void CheckRoundTrip(string folder, Module module, Device device)
    {
        var (again, _) = ModelCheckpoint.Load(folder, device);
        using (again)
        {
            foreach (var (written,
                read) in module.Weights.Parameters.Concat(module.Weights.States).Zip(again.Weights.Parameters.Concat(again.Weights.States)))
                if (!device.ToFloats(written.Value).AsSpan().SequenceEqual(device.ToFloats(read.Value)))
                    throw new RunFailedException(folder, $"'{written.Name}' reads back different from what was written.", "equal bits.",
                        "check the disk.");
        }
    }
}
