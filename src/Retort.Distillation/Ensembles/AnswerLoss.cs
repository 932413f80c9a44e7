namespace Retort.Ensembles;

/// <summary>How far answers are from the truth; smaller is better.</summary>
public enum AnswerLoss
{
    /// <summary>Root of the mean squared error: over 0/1 targets for two classes, summed over several.</summary>
    RootMeanSquare,

    /// <summary>Mean cross-entropy in nats; only for classes.</summary>
    LogLoss,
}

/// <summary>Computes an <see cref="AnswerLoss"/>.</summary>
public static class AnswerLosses
{
    private const double Least = 1e-6;

    /// <param name="loss">Which.</param>
    /// <param name="answers">[N, width]</param>
    /// <param name="targets">[N, width]</param>
    /// <param name="width">Numbers of an answer.</param>
    public static double Of(this AnswerLoss loss, ReadOnlySpan<float> answers, ReadOnlySpan<float> targets, int width)
    {
        var sum = 0.0;
        for (var i = 0; i < targets.Length; i++) sum += loss == AnswerLoss.RootMeanSquare
            ? ((double)answers[i] - targets[i]) * ((double)answers[i] - targets[i])
            : CrossEntropy(answers[i], targets[i], width == 1);
        var mean = sum / (targets.Length / width);
        return loss == AnswerLoss.RootMeanSquare ? Math.Sqrt(mean) : mean;
    }

    private static double CrossEntropy(double answer, double target, bool both)
    {
        var entropy = -target * Math.Log(Math.Max(answer, Least));
        return both ? entropy - (1 - target) * Math.Log(Math.Max(1 - answer, Least)) : entropy;
    }
}
