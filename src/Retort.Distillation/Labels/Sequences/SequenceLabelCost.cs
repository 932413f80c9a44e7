using System.Globalization;

namespace Retort.Labels.Sequences;

/// <summary>Where in the vocabulary the kept ids lie, which decides how far apart they are.</summary>
public enum IdSpread
{
    /// <summary>Id i is kept in proportion to 1/(i + 1), as where frequent tokens have low ids.</summary>
    Low,

    /// <summary>Every id is equally likely: the dearest case.</summary>
    Even,
}

/// <summary>
/// What labels will take on disk, before any are made. Gap-coded ids are costed for independent draws with weights w: id i is kept
/// with probability 1 − exp(−c·w_i), and a gap of m ids before it has probability exp(−c·Σ of their w); c is what makes K of them.
/// </summary>
/// <param name="RowBytes">Of a row.</param>
/// <param name="TokenBytes">Of a token: its row, its id, its offset and its log-normalisers.</param>
/// <param name="Bytes">Of all shards.</param>
public sealed record SequenceLabelCost(double RowBytes, double TokenBytes, long Bytes)
{
    private const int IdBytes = 4, OffsetBytes = 8, DocumentBytes = 8 + ExampleKey.Bytes;

    /// <summary>Header of a shard, about: names, CRCs, description.</summary>
    private const int ShardBytes = 1300;

    /// <param name="description">What is to be stored; a rule that depends on the row is taken at its most.</param>
    /// <param name="tokens">Of all documents together.</param>
    /// <param name="spread">Where the ids lie.</param>
    public static SequenceLabelCost Of(SequenceLabelDescription description, long tokens, IdSpread spread)
    {
        description = description.Checked("labels");
        var rowBytes = RowBytesOf(description, spread);
        var fixedLength = description.Codec == SequenceCodec.DenseHalf || description.Codec == SequenceCodec.TopKHalf
            && LabelKeep.Parse(description.Keep).FixedCount(description.Vocabulary) is not null;
        var tokenBytes = rowBytes + IdBytes + (fixedLength ? 0 : OffsetBytes) + 4 * description.Temperatures.Count;
        var bytes = tokens * tokenBytes + description.Documents * (double)DocumentBytes
            + ShardBytes * (double)LabelLayout.Units(description.Documents, description.UnitDocuments);
        return new(rowBytes, tokenBytes, (long)bytes);
    }

    /// <summary>One line for people: both spreads, and what whole rows as float32 would take.</summary>
    /// <param name="description">What is to be stored.</param>
    /// <param name="tokens">Of all documents together.</param>
    public static string Describe(SequenceLabelDescription description, long tokens)
    {
        var (low, even) = (Of(description, tokens, IdSpread.Low), Of(description, tokens, IdSpread.Even));
        var rule = description.Codec switch
        {
            SequenceCodec.Sampled => $"{description.Draws} draws",
            SequenceCodec.DenseHalf => $"{description.Width} numbers",
            _ => $"keep {description.Keep}",
        };
        return string.Create(CultureInfo.InvariantCulture,
            $"{SequenceLabelDescription.NameOf(description.Codec)}, {rule}, of {description.Vocabulary:N0} ids: {low.TokenBytes:F0} to {even.TokenBytes:F0} bytes a token (ids low, ids spread evenly); {tokens:N0} tokens take {Size(low.Bytes)} to {Size(even.Bytes)}, all logits as float32 would take {Size(4.0 * description.Vocabulary * tokens)}.");
    }

    private static double RowBytesOf(SequenceLabelDescription description, IdSpread spread)
    {
        var (vocabulary, kept) = (description.Vocabulary, description.MaximumKept);
        switch (description.Codec)
        {
            case SequenceCodec.DenseHalf:
                return 2.0 * description.Width;
            case SequenceCodec.TopKHalf:
                return new TopKHalfCodec(vocabulary, kept).MaximumBytes;
            case SequenceCodec.TopKByte:
                var weights = Weights(vocabulary, spread);
                return 4 + kept + Gaps(weights, Rate(weights, kept));
            default:
                var probabilities = Weights(vocabulary, spread);
                var rate = description.Draws / probabilities.Sum();
                var counts = probabilities.Sum(weight => Kept(rate * weight) * NumberBytes(rate * weight / Kept(rate * weight)));
                return NumberBytes(probabilities.Sum(weight => Kept(rate * weight))) + counts + Gaps(probabilities, rate);
        }
    }

    private static double[] Weights(int vocabulary, IdSpread spread)
    {
        var weights = new double[vocabulary];
        for (var id = 0; id < vocabulary; id++) weights[id] = spread == IdSpread.Low ? 1.0 / (id + 1) : 1;
        return weights;
    }

    private static double Kept(double rate) => -double.ExpM1(-rate);

    /// <summary>c with Σ (1 − exp(−c·w)) = K, by halving.</summary>
    private static double Rate(double[] weights, int kept)
    {
        var (below, above) = (0.0, 1.0);
        while (Sum(above) < Math.Min(kept, 0.999 * weights.Length)) above *= 2;
        for (var step = 0; step < 50; step++)
        {
            var middle = (below + above) / 2;
            if (Sum(middle) < kept) below = middle;
            else above = middle;
        }
        return above;

        double Sum(double rate) => weights.Sum(weight => Kept(rate * weight));
    }

    /// <summary>Expected bytes of all gaps of a row: one each, and one more from 2⁷, 2¹⁴ and 2²¹ on.</summary>
    private static double Gaps(double[] weights, double rate)
    {
        var sums = new double[weights.Length + 1];
        for (var id = 0; id < weights.Length; id++) sums[id + 1] = sums[id] + weights[id];
        var bytes = 0.0;
        for (var id = 0; id < weights.Length; id++)
        {
            var places = 1.0;
            for (var gap = 1 << 7; gap <= id; gap <<= 7) places += Math.Exp(-rate * (sums[id] - sums[id - gap]));
            bytes += Kept(rate * weights[id]) * places;
        }
        return bytes;
    }

    private static int NumberBytes(double number) => number < 1 << 7 ? 1 : number < 1 << 14 ? 2 : 3;

    private static string Size(double bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB", "PB"];
        var unit = 0;
        for (; bytes >= 999.5 && unit < units.Length - 1; bytes /= 1000) unit++;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:G3} {units[unit]}");
    }
}
