using Retort.Formats.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Teachers.Onnx;

/// <summary>An ONNX model that runs on a device. Not for several threads at once.</summary>
public sealed class OnnxProgram : IOnnxProgram
{
    private readonly OnnxEngine _engine;
    private readonly PreparedGraph _graph;
    private readonly string _location;

    /// <param name="model">What it computes.</param>
    /// <param name="device">Who computes.</param>
    /// <param name="taps">Values inside the graph that come out too, after its outputs.</param>
    /// <exception cref="RetortException">An operator or a tap is not known; nothing has run then.</exception>
    public OnnxProgram(OnnxModel model, Device device, params IReadOnlyList<string> taps)
    {
        _location = model.Location;
        _engine = new OnnxEngine(device);
        try
        {
            OperatorTable.Check(model);
            OnnxTaps.Check(model, taps);
            var constants = model.Graph.Initializers.Select(constant => constant.Name).ToHashSet(StringComparer.Ordinal);
            Inputs = [.. model.Graph.Inputs.Where(input => !constants.Contains(input.Name))];
            Outputs = [.. model.Graph.Outputs.Select(output => output.Name), .. taps];
            _graph = new GraphPreparation(model, _engine, null, model.Opsets).Prepare(model.Graph, Outputs);
        }
        catch
        {
            _engine.Dispose();
            throw;
        }
    }

    /// <summary>What must be given.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs { get; }

    /// <summary>Names of what comes out: the graph's outputs, then the taps.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <param name="inputs">In the order of <see cref="Inputs"/>.</param>
    /// <param name="cancellation">Ends the work between two nodes.</param>
    /// <returns>In the order of <see cref="Outputs"/>.</returns>
    public IReadOnlyList<OnnxValue> Run(IReadOnlyList<OnnxValue> inputs, CancellationToken cancellation = default)
    {
        if (inputs.Count != Inputs.Count)
            throw new RetortException(_location, $"{inputs.Count} values were given.",
                $"{Inputs.Count}: {string.Join(", ", Inputs.Select(input => input.Name))}.");
        return new GraphRun(_engine, cancellation).Run(_graph, [.. inputs])!;
    }

    public void Dispose() => _engine.Dispose();
}
