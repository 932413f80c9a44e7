using Retort.Data;
using Retort.Nn;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>Logits of a whole data set, and what every choice is made by: accuracy and cross-entropy on the validation part.</summary>
public static class Validation
{
    private const int BatchSize = 512;

    /// <returns>[N, classes]</returns>
    public static float[] Logits(Module module, Dataset data, Device device)
    {
        using var step = new Step(device, "validation");
        var logits = new float[data.Count * module.Classes];
        for (var first = 0; first < data.Count; first += BatchSize)
        {
            var count = Math.Min(BatchSize, data.Count - first);
            step.Begin(training: false);
            var examples = step.Constant(new Shape([count, .. module.ExampleShape.ToArray()]), data.Features.AsSpan(first * data.ExampleSize, count * data.ExampleSize));
            device.Read(module.Forward(step, examples), logits.AsSpan(first * module.Classes, count * module.Classes));
        }
        return logits;
    }

    /// <returns>Share of right answers, and mean cross-entropy in nats.</returns>
    public static (double Accuracy, double Loss) Measure(ReadOnlySpan<float> logits, Dataset data)
    {
        var right = 0;
        var loss = 0.0;
        for (var row = 0; row < data.Count; row++)
        {
            var z = logits.Slice(row * data.Classes, data.Classes);
            var best = 0;
            for (var i = 1; i < z.Length; i++)
                if (z[i] > z[best]) best = i;
            if (best == data.Labels[row]) right++;
            var normaliser = 0.0;
            foreach (var logit in z) normaliser += Math.Exp(logit - z[best]);
            loss += Math.Log(normaliser) + z[best] - z[data.Labels[row]];
        }
        return (right / (double)data.Count, loss / data.Count);
    }
}
