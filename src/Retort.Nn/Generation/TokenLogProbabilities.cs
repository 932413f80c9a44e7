using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Nn.Generation;

/// <summary>How likely a model finds texts that are there: ln p(token | what precedes it), at temperature 1.</summary>
public static class TokenLogProbabilities
{
    private const int Ignored = -100;

    /// <summary>Of every token but the first.</summary>
    /// <param name="step">The running step, which does not record.</param>
    /// <param name="model">In evaluation.</param>
    /// <param name="texts">Tokens.</param>
    /// <returns>For each text one number fewer than it has tokens.</returns>
    /// <exception cref="RetortException">A text is empty, too long, or has an unknown token.</exception>
    public static double[][] Of(Step step, Gpt model, IReadOnlyList<int[]> texts)
    {
        TokenBatch.Check(model.Sizes, texts, 0);
        var batch = TokenBatch.Of(step, texts);
        var longest = (int)batch.Tokens.Shape[1];
        var next = new int[texts.Count * longest];
        Array.Fill(next, Ignored);
        for (var row = 0; row < texts.Count; row++) texts[row].AsSpan(1).CopyTo(next.AsSpan(row * longest));
        var rows = Gpt.Rows(step, model.States(step, batch.Tokens, batch.Mask));
        var losses = step.HeadLoss(rows, model.Head, null, RowLossTerms.HardOnly() with { IgnoreLabel = Ignored },
            step.Constant(new Shape(next.Length), next.AsSpan())).HardLosses;
        var values = step.Device.ToDoubles(losses);
        return [.. texts.Select((text, row) => values.AsSpan(row * longest, text.Length - 1).ToArray().Select(loss => -loss).ToArray())];
    }

    /// <summary>Of the tokens of answers to prompts.</summary>
    /// <param name="step">The running step, which does not record.</param>
    /// <param name="model">In evaluation.</param>
    /// <param name="pairs">Prompts of at least one token, and answers.</param>
    /// <returns>One number a token of each answer.</returns>
    public static double[][] OfAnswers(Step step, Gpt model, IReadOnlyList<(int[] Prompt, int[] Answer)> pairs)
    {
        for (var i = 0; i < pairs.Count; i++)
            if (pairs[i].Prompt.Length == 0)
                throw new RetortException($"prompt {i}", "has no token.", "at least one, which the answer follows.");
        var whole = Of(step, model, [.. pairs.Select(pair => (int[])[.. pair.Prompt, .. pair.Answer])]);
        return [.. whole.Select((values, i) => values[(pairs[i].Prompt.Length - 1)..])];
    }
}
