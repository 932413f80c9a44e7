using Retort.Data;

namespace Retort.Training;

/// <summary>What every choice is made by, on the validation part: a score, the larger the better, and of equal ones the loss.</summary>
public static class Validation
{
    /// <returns>
    /// Of classes, the share of right answers and the mean cross-entropy in nats; of numbers, R² and the mean squared error in standard
    /// units.
    /// </returns>
    public static (double Score, double Loss) Measure(ReadOnlySpan<float> logits, Dataset data) =>
        data.Numbers is { } numbers ? OfNumbers(logits, numbers.Values) : OfClasses(logits, data);

    /// <summary>R² = 1 − mean squared error / variance of the true numbers; where they are all alike, of the training rows: 1.</summary>
    private static (double Score, double Loss) OfNumbers(ReadOnlySpan<float> answers, float[] numbers)
    {
        double squares = 0, mean = numbers.Average(number => (double)number);
        for (var row = 0; row < numbers.Length; row++) squares += Math.Pow((double)answers[row] - numbers[row], 2);
        var (loss, variance) = (squares / numbers.Length, numbers.Average(number => Math.Pow(number - mean, 2)));
        return (1 - loss / (variance > 0 ? variance : 1), loss);
    }

    private static (double Score, double Loss) OfClasses(ReadOnlySpan<float> logits, Dataset data)
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
