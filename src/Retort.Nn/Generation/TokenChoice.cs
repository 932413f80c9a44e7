using System.Runtime.InteropServices;
using Retort.Nn.Generation.Filters;
using Retort.Tensors;

namespace Retort.Nn.Generation;

/// <summary>How the tokens of an answer are chosen: ids that no text has are ruled out, filters change a copy of the logits.</summary>
/// <param name="sampling">Null = the likeliest token is taken.</param>
/// <param name="tokens">Ids that texts can have.</param>
internal sealed class TokenChoice(Sampling? sampling, int tokens)
{
    private readonly IReadOnlyList<ILogitFilter> _filters = sampling?.Filters() ?? [];

    /// <param name="logits">Of the model; those of ids that no text has become −∞.</param>
    /// <param name="text">Its number, for errors.</param>
    /// <param name="before">The text so far, prompt included.</param>
    /// <param name="seed">Of this text's draws.</param>
    /// <param name="place">Of the token in its answer.</param>
    /// <returns>The token, and its log-probability by the logits as the model gave them.</returns>
    public (int Token, double LogProbability) Next(Span<float> logits, int text, List<int> before, Seed seed, int place)
    {
        NextToken.Check(logits, text);
        if (tokens < logits.Length) logits[tokens..].Fill(float.NegativeInfinity);
        var left = logits;
        if (_filters.Count > 0)
        {
            left = logits.ToArray();
            NextToken.Filter(_filters, left, CollectionsMarshal.AsSpan(before));
        }
        var likeliest = NextToken.Likeliest(left);
        if (float.IsNegativeInfinity(left[likeliest]))
            throw new RunFailedException($"text {text}", "sampling ruled out every token.", "settings that leave one.",
                "take a longer noRepeatedRun.");
        var token = sampling is null ? likeliest : NextToken.Drawn(left, seed.UniformDouble((ulong)place));
        return (token, NextToken.LogProbability(logits, token));
    }
}
