namespace Retort.Ensembles;

/// <summary>From scores to probabilities.</summary>
internal static class Probabilities
{
    /// <summary>In place: exp(z − max z), divided by the sum.</summary>
    public static void Softmax(Span<float> scores)
    {
        var most = float.NegativeInfinity;
        foreach (var score in scores) most = MathF.Max(most, score);
        var sum = 0f;
        for (var k = 0; k < scores.Length; k++) sum += scores[k] = MathF.Exp(scores[k] - most);
        for (var k = 0; k < scores.Length; k++) scores[k] /= sum;
    }
}
