using Retort.Data;

namespace Retort.Training;

/// <summary>What every choice is made by: accuracy and cross-entropy on the validation part.</summary>
public static class Validation
{
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
