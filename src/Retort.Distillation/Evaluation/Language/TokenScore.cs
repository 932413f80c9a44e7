using Retort.Tensors;

namespace Retort.Evaluation.Language;

/// <summary>
/// What a model says about the tokens of the test documents, one after the other, in double: −ln p of each, whether the likeliest token
/// is it, whether it is the teacher's, KL(teacher ‖ model), and how sure the model was.
/// </summary>
/// <param name="documents">How many documents there are.</param>
public sealed class TokenScore(int documents)
{
    private const int Bins = 15;
    private readonly long[] _counts = new long[Bins], _hits = new long[Bins];
    private readonly double[] _confidence = new double[Bins];

    /// <summary>[documents] Σ −ln p, in nats.</summary>
    public double[] Losses { get; } = new double[documents];

    /// <summary>[documents] tokens on which the likeliest is the true one.</summary>
    public double[] Hits { get; } = new double[documents];

    /// <summary>[documents] tokens on which the likeliest is the teacher's.</summary>
    public double[] Agreed { get; } = new double[documents];

    /// <summary>[documents] Σ KL(teacher ‖ model), in nats.</summary>
    public double[] Divergences { get; } = new double[documents];

    /// <summary>[documents] tokens.</summary>
    public double[] Tokens { get; } = new double[documents];

    /// <summary>
    /// Mean over bins of confidence of |share that is right − mean confidence|, by their tokens (Guo et al. 2017, 15 bins).
    /// </summary>
    public double CalibrationError =>
        Enumerable.Range(0, Bins).Sum(bin => Math.Abs(_hits[bin] - _confidence[bin])) / Math.Max(1, _counts.Sum());

    /// <param name="document">Whose token it is.</param>
    /// <param name="target">The token that stands there.</param>
    /// <param name="logits">[V] of the model.</param>
    /// <param name="teacher">[V or more] of the teacher; tokens that the model lacks are left out.</param>
    /// <exception cref="RunFailedException">A number is not finite.</exception>
    public void Add(int document, int target, ReadOnlySpan<float> logits, ReadOnlySpan<float> teacher)
    {
        teacher = teacher[..logits.Length];
        var (sum, sumTeacher) = (LogSum(logits, out var likeliest), LogSum(teacher, out var taught));
        if (!double.IsFinite(sum) || !double.IsFinite(sumTeacher))
            throw new RunFailedException($"document {document}", "a model's answer is not finite.", "finite logits.",
                "the weights are damaged, or training diverged.");
        var divergence = 0.0;
        for (var i = 0; i < logits.Length; i++)
            divergence += Math.Exp(teacher[i] - sumTeacher) * (teacher[i] - sumTeacher - (logits[i] - sum));
        var confidence = Math.Exp(logits[likeliest] - sum);
        var bin = Math.Min((int)(confidence * Bins), Bins - 1);
        _counts[bin]++;
        _confidence[bin] += confidence;
        if (likeliest == target) _hits[bin]++;
        Losses[document] += sum - logits[target];
        Hits[document] += likeliest == target ? 1 : 0;
        Agreed[document] += likeliest == taught ? 1 : 0;
        Divergences[document] += divergence;
        Tokens[document]++;
    }

    private static double LogSum(ReadOnlySpan<float> logits, out int likeliest)
    {
        likeliest = 0;
        for (var i = 1; i < logits.Length; i++)
            if (logits[i] > logits[likeliest]) likeliest = i;
        var (sum, largest) = (0.0, (double)logits[likeliest]);
        foreach (var logit in logits) sum += Math.Exp(logit - largest);
        return largest + Math.Log(sum);
    }
}
