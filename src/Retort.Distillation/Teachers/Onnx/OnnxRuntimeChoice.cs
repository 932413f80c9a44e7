using Retort.Formats.Onnx;
using Retort.Teachers.Native;
using Retort.Tensors.Devices;

namespace Retort.Teachers.Onnx;

/// <summary>The managed executor, or ONNX Runtime where the user names its library.</summary>
internal static class OnnxRuntimeChoice
{
    /// <summary>Names libonnxruntime; unset or empty = the managed executor.</summary>
    public const string Variable = "RETORT_ONNXRUNTIME";

    /// <param name="model">Read and checked.</param>
    /// <param name="path">Its file.</param>
    /// <param name="device">Computes, or tells how many threads may.</param>
    public static IOnnxProgram Open(OnnxModel model, string path, Device device) =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } library
            ? new OnnxRuntimeProgram(library, model, OnnxReader.ReadBytes(path).Span, device.Threads)
            : new OnnxProgram(model, device);
}
