using Retort.Data;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Students;

/// <summary>How right the early exits of a model are.</summary>
public static class ExitAccuracy
{
    private const int BatchSize = 512;

    /// <returns>Accuracy of each exit, the last answer left out; empty when the model has none.</returns>
    public static IReadOnlyList<double> Of(Module module, Dataset data, Device device)
    {
        if (module is not ConvNet { Exits.Count: > 0 } net) return [];
        net.Watch(Enumerable.Range(0, net.Exits.Count).Select(i => $"exits.{i}"));
        using var step = new Step(device, "exits");
        var right = new int[net.Exits.Count];
        for (var first = 0; first < data.Count; first += BatchSize)
        {
            var count = Math.Min(BatchSize, data.Count - first);
            step.Begin(training: false);
            net.Forward(step, step.Constant(net.BatchShape(count),
                data.Features.AsSpan(first * data.ExampleSize, count * data.ExampleSize)));
            for (var i = 0; i < right.Length; i++)
            {
                var said = new Evaluation.Predictions("exit", net.Classes, device.ToFloats(net.Tapped[$"exits.{i}"]));
                right[i] += Enumerable.Range(0, count).Count(row => said.Top(row) == data.Labels[first + row]);
            }
        }
        net.Watch([]);
        return [.. right.Select(number => (double)number / data.Count)];
    }
}
