using Retort.Checkpoints;
using Retort.Formats.Onnx;
using Retort.Tensors.Devices;

namespace Retort.Teachers;

/// <summary>How large a teacher in a folder, or in an ONNX file, is.</summary>
/// <param name="Parameters">Numbers that were fitted.</param>
/// <param name="Bytes">Of its file.</param>
public sealed record TeacherSize(long Parameters, long Bytes)
{
    public static TeacherSize Of(string folder, Device device)
    {
        if (OnnxTeacher.Knows(folder))
        {
            var model = OnnxReader.Read(folder);
            return new TeacherSize(model.Parameters, model.Bytes);
        }
        if (EnsembleCheckpoint.Exists(folder))
        {
            var (ensemble, _) = EnsembleCheckpoint.Load(folder);
            using (ensemble) return new TeacherSize(ensemble.Bytes / sizeof(float), EnsembleCheckpoint.Bytes(folder));
        }
        var (module, _) = ModelCheckpoint.Load(folder, device);
        using (module) return new TeacherSize(module.Weights.Count, ModelCheckpoint.Bytes(folder));
    }
}
