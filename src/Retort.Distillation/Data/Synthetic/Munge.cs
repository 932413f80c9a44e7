using Retort.Data.Tables;
using Retort.Tensors;

namespace Retort.Data.Synthetic;

/// <summary>
/// MUNGE of "Model Compression" (Bucila, Caruana and Niculescu-Mizil, KDD 2006). A round copies the training rows and goes through the
/// copy in order, IN PLACE: each row e meets the nearest other row e′ as the copy now is; a number is, with probability p, drawn again
/// for BOTH, e_a ~ N(e′_a, d), e′_a ~ N(e_a, d) with d = |e_a − e′_a| / s; a word is, with probability p, swapped. Later rows meet the
/// changed ones.
/// </summary>
/// <param name="SwapProbability">p, for each attribute.</param>
/// <param name="Spread">s: the larger, the nearer the draws lie to the values they come from.</param>
public sealed record Munge(double SwapProbability, double Spread)
{
    /// <param name="training">Rows without class.</param>
    /// <param name="count">Synthetic rows; rounds are as long as the training part, the last may be cut.</param>
    /// <param name="seed">Each round derives its own: the first rows are the same for any count.</param>
    public MixedRows Draw(MixedRows training, int count, Seed seed)
    {
        if (training.Count < 2)
            throw new RetortException("munge", $"{training.Count} training rows.", "at least two: each row needs a neighbour.");
        var drawn = new MixedRows(training.Columns, new float[count * training.Width]);
        Parallel.For(0, (count + training.Count - 1) / training.Count, round =>
        {
            var (own, draw) = (seed.Derive((ulong)round), 0UL);
            var rows = Round(training, () => own.UniformDouble(draw++, 1), () => own.Normal(draw++, 2));
            var first = round * training.Count;
            var kept = Math.Min(training.Count, count - first);
            rows.Values.AsSpan(0, kept * training.Width).CopyTo(drawn.Values.AsSpan(first * training.Width));
        });
        return drawn;
    }

    /// <param name="training">The rows that are copied.</param>
    /// <param name="chance">Uniform in [0, 1), one an attribute.</param>
    /// <param name="normal">Standard normal, two a number that changes: e's first.</param>
    internal MixedRows Round(MixedRows training, Func<double> chance, Func<double> normal)
    {
        var rows = training.Copy();
        var index = new NeighbourIndex(rows);
        for (var row = 0; row < rows.Count; row++)
        {
            var other = index.NearestOther(row);
            Meet(rows[row], rows[other], rows.Nominal, chance, normal);
            index.Changed(row);
            index.Changed(other);
        }
        return rows;
    }

    /// <summary>One row and its neighbour; both change.</summary>
    private void Meet(Span<float> row, Span<float> other, ReadOnlySpan<bool> nominal, Func<double> chance, Func<double> normal)
    {
        for (var a = 0; a < row.Length; a++)
        {
            if (chance() >= SwapProbability) continue;
            var (own, theirs) = (row[a], other[a]);
            if (nominal[a])
            {
                (row[a], other[a]) = (theirs, own);
                continue;
            }
            var deviation = Math.Abs((double)own - theirs) / Spread;
            row[a] = (float)(theirs + deviation * normal());
            other[a] = (float)(own + deviation * normal());
        }
    }
}
