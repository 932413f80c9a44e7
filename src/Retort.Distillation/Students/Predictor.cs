using Retort.Data;
using Retort.Nn;
using Retort.Nn.Graphs;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Students;

/// <summary>A model's answers to a whole data set, in evaluation mode.</summary>
public static class Predictor
{
    private const int BatchSize = 512;

    /// <returns>[N, classes]</returns>
    public static float[] Logits(Module module, Dataset data, Device device)
    {
        if (module is GraphModel onGraph) return NodePredictor.Logits(onGraph, data, device);
        using var step = new Step(device, "validation");
        var logits = new float[data.Count * module.Classes];
        for (var first = 0; first < data.Count; first += BatchSize)
        {
            var count = Math.Min(BatchSize, data.Count - first);
            step.Begin(training: false);
            var examples = step.Constant(module.BatchShape(count),
                data.Features.AsSpan(first * data.ExampleSize, count * data.ExampleSize));
            device.Read(module.Forward(step, examples), logits.AsSpan(first * module.Classes, count * module.Classes));
        }
        return logits;
    }
}
