using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx;

/// <summary>An ONNX model that runs, wherever it does. Not for several threads at once.</summary>
public interface IOnnxProgram : IDisposable
{
    /// <summary>What must be given.</summary>
    IReadOnlyList<OnnxValueInfo> Inputs { get; }

    /// <summary>Names of what comes out.</summary>
    IReadOnlyList<string> Outputs { get; }

    /// <param name="inputs">In the order of <see cref="Inputs"/>.</param>
    /// <param name="cancellation">Ends the work where it can be ended.</param>
    /// <returns>In the order of <see cref="Outputs"/>.</returns>
    IReadOnlyList<OnnxValue> Run(IReadOnlyList<OnnxValue> inputs, CancellationToken cancellation = default);
}
