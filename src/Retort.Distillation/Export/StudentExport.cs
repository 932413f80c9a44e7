using Retort.Checkpoints;
using Retort.Formats.Files;
using Retort.Formats.HuggingFace;
using Retort.Formats.Onnx;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Teachers.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Export;

/// <summary>The student in files that other tools open.</summary>
public static class StudentExport
{
    public const string OnnxFile = "model.onnx";
    private const int Examples = 16;

    /// <param name="student">Folder of the trained student.</param>
    /// <param name="target">Folder of the exports.</param>
    /// <param name="formats">safetensors, onnx.</param>
    /// <param name="device">Where the student is read to.</param>
    /// <returns>What the ONNX file answered when it was read back; null = none was written.</returns>
    /// <exception cref="RunFailedException">A file does not read back as the student.</exception>
    public static RoundTrip? Write(string student, string target, IReadOnlyList<string> formats, Device device)
    {
        var (module, description) = ModelCheckpoint.Load(student, device);
        using (module)
        {
            Directory.CreateDirectory(target);
            if (formats.Contains("safetensors"))
            {
                ModelCheckpoint.Save(target, module, description, module is Bert encoder && SentencesOf(student, encoder));
                CheckRoundTrip(target, module, device);
            }
            RoundTrip? answers = null;
            if (module is Bert)
            {
                ModelExport.CopyTexts(student, target);
                if (formats.Contains("onnx"))
                    answers = ModelExport.Write(student, target, [ExportFormat.Parse("onnx", "export")], device)[0];
            }
            else if (formats.Contains("onnx"))
            {
                var path = Path.Combine(target, OnnxFile);
                OnnxWriter.Write(path, OnnxExport.GraphOf(module, description));
                answers = CheckAnswers(path, module, description, device);
            }
            if (description.Target is null) // a number's column stands in model.json
                AtomicFile.WriteText(Path.Combine(target, "classes.txt"), string.Join('\n', description.ClassNames) + "\n");
            return answers;
        }
    }

    /// <summary>What its folder says beside the description: whether it makes one vector of a text.</summary>
    private static bool SentencesOf(string folder, Bert encoder) => SentenceModules.Read(folder, encoder.Sizes.Width) is not null;

    /// <summary>Our own executor asks the graph about drawn examples; what it predicts of a number is in the column's units.</summary>
    private static RoundTrip CheckAnswers(string path, Module module, ModelDescription description, Device device)
    {
        var shape = new Shape([Examples, .. module.ExampleShape.ToArray()]);
        var examples = new float[shape.Count];
        var seed = new Seed(1).Derive("export");
        for (var i = 0; i < examples.Length; i++) examples[i] = seed.Uniform((ulong)i);
        using var step = new Step(device);
        step.Begin(training: false);
        var wanted = device.ToFloats(module.Forward(step, step.Constant(shape, examples.AsSpan())));
        if (description.Target is { } target)
            wanted = Array.ConvertAll(wanted, value => (float)(value * target.Deviation + target.Mean));
        using var program = new OnnxProgram(OnnxReader.Read(path), device);
        var found = (OnnxArray)program.Run([OnnxArray.Of([.. shape.ToArray().Select(extent => (int)extent)], examples)])[0];
        return RoundTrip.Compare("onnx", wanted, found.Floats(), module.Classes).Within(path, RoundTripBound.Same);
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
