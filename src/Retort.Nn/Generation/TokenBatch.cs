using Retort.Nn.Models;
using Retort.Tensors;

namespace Retort.Nn.Generation;

/// <summary>Texts of different length side by side.</summary>
/// <param name="Tokens">[texts, longest] int32.</param>
/// <param name="Mask">[texts, longest] int32, 0 = padding; null where all are equally long.</param>
public readonly record struct TokenBatch(Tensor Tokens, Tensor? Mask)
{
    /// <summary>Texts that begin together; padding is behind.</summary>
    public static TokenBatch Of(Step step, IReadOnlyList<int[]> texts)
    {
        var longest = texts.Max(text => text.Length);
        int[] tokens = new int[texts.Count * longest], mask = new int[tokens.Length];
        for (var row = 0; row < texts.Count; row++)
        {
            texts[row].CopyTo(tokens, row * longest);
            Array.Fill(mask, 1, row * longest, texts[row].Length);
        }
        var shape = new Shape(texts.Count, longest);
        return new(step.Constant(shape, tokens.AsSpan()),
            mask.Contains(0) ? step.Constant(shape, mask.AsSpan()) : null);
    }

    /// <summary>Refuses what a model cannot read, before it is run.</summary>
    /// <param name="shape">Of the model.</param>
    /// <param name="texts">Tokens.</param>
    /// <param name="more">Tokens that will follow.</param>
    /// <exception cref="RetortException">A text is empty or too long, or has a token that the model does not know.</exception>
    internal static void Check(GptShape shape, IReadOnlyList<int[]> texts, int more)
    {
        if (texts.Count == 0) throw new RetortException("texts", "there are none.", "one or more.");
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i].Length == 0) throw new RetortException($"text {i}", "has no token.", "at least one, which the next follows.");
            if ((long)texts[i].Length + more > shape.Positions)
                throw new RetortException($"text {i}", $"has {texts[i].Length} tokens{(more > 0 ? $", and {more} are to follow" : "")}.",
                    $"at most {shape.Positions} together: the model knows no position beyond.", "shorten it; nothing is cut silently.");
            foreach (var token in texts[i])
                if ((uint)token >= (uint)shape.Vocabulary)
                    throw new RetortException($"text {i}", $"has token {token}.", $"tokens from 0 to {shape.Vocabulary - 1}.",
                        "use the tokenizer of this model.");
        }
    }
}
