namespace Retort.Labels.Sequences;

/// <summary>
/// One token's answer as bytes. An answer is K outcomes in the order of their ids and the mass of all others; dense codecs have no
/// ids, and numbers in the place of log-probabilities. A codec holds nothing of a row: any thread may use it.
/// </summary>
internal interface ITokenCodec
{
    /// <summary>The most outcomes of a row.</summary>
    int MaximumKept { get; }

    int MaximumBytes { get; }

    /// <summary>Writes a row and returns its length in bytes.</summary>
    /// <param name="ids">[K], strictly ascending; empty for dense codecs.</param>
    /// <param name="values">[K] log-probabilities at T = 1, or the numbers.</param>
    /// <param name="logTail">Natural log of the mass of all other ids.</param>
    /// <param name="row">Room for <see cref="MaximumBytes"/>.</param>
    int Encode(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, double logTail, Span<byte> row);

    /// <summary>Reads a row; −1 when the bytes are none of this codec, whatever they are.</summary>
    /// <param name="row">Its bytes.</param>
    /// <param name="ids">Room for <see cref="MaximumKept"/>; left alone by dense codecs.</param>
    /// <param name="values">Room for <see cref="MaximumKept"/>.</param>
    /// <param name="logTail">Natural log of the mass of all other ids.</param>
    /// <returns>K.</returns>
    int Decode(ReadOnlySpan<byte> row, Span<int> ids, Span<float> values, out float logTail);

    /// <summary>Says why what was decoded is no answer; null when it is one.</summary>
    string? Fault(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, float logTail);
}

internal static class TokenCodecs
{
    /// <param name="description">Whose rows they are.</param>
    /// <param name="sumError">How far a row may sum from 1, when that is more than rounding explains.</param>
    public static ITokenCodec Of(SequenceLabelDescription description, double sumError = 0)
    {
        var vocabulary = description.Vocabulary;
        return description.Codec switch
        {
            SequenceCodec.TopKHalf => new TopKHalfCodec(vocabulary, description.MaximumKept, sumError),
            SequenceCodec.TopKByte => new TopKByteCodec(vocabulary, description.MaximumKept, sumError),
            SequenceCodec.Sampled => new SampledCodec(vocabulary, description.Draws),
            _ => new DenseHalfCodec(description.Width),
        };
    }

    /// <summary>Why an answer is no distribution; null when it is one.</summary>
    /// <param name="ids">[K].</param>
    /// <param name="logProbabilities">[K].</param>
    /// <param name="logTail">Log of the mass of the others.</param>
    /// <param name="vocabulary">Ids there are.</param>
    /// <param name="tolerance">How far everything together may be from 1.</param>
    public static string? DistributionFault(ReadOnlySpan<int> ids, ReadOnlySpan<float> logProbabilities, double logTail, int vocabulary,
        double tolerance)
    {
        var (previous, sum) = (-1, 0d);
        for (var index = 0; index < ids.Length; index++)
        {
            if (ids[index] <= previous || ids[index] >= vocabulary) return $"has token {ids[index]} after {previous}, of {vocabulary} tokens";
            if (!(logProbabilities[index] <= 0)) return $"has log-probability {logProbabilities[index]}, which is not 0 or less";
            sum += Math.Exp(logProbabilities[index]);
            previous = ids[index];
        }
        if (!(logTail <= 0)) return $"has log tail mass {logTail}, which is not 0 or less";
        var total = sum + Math.Exp(logTail);
        return Math.Abs(total - 1) <= tolerance ? null : $"sums to {sum:R} with a tail of {Math.Exp(logTail):R}, together {total:R}";
    }
}
