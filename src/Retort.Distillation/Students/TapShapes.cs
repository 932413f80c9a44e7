using Retort.Nn;
using Retort.Nn.Graphs;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Students;

/// <summary>What a model's taps give, found by a dry run of two empty examples.</summary>
public static class TapShapes
{
    /// <returns>Shapes by path, without the batch.</returns>
    public static IReadOnlyDictionary<string, Shape> Of(Module module, Device device)
    {
        using var step = new Step(device, "taps");
        step.Begin(training: false);
        var shape = module.BatchShape(2);
        if (module is GraphModel graph) graph.Attach(SparseRows.Create(2, 2, []));
        module.Forward(step, step.Constant(shape, new float[shape.Count]));
        return module.Tapped.ToDictionary(tap => tap.Key, tap => tap.Value.Shape.Without(0));
    }
}
