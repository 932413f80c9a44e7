using Retort.Tensors;

namespace Retort.Ensembles;

/// <summary>How far a tree grows.</summary>
/// <param name="MostDepth">Questions on the way to a leaf.</param>
/// <param name="LeastRows">Rows of a leaf.</param>
/// <param name="ColumnsTried">Columns that a split may choose from, drawn for each; more are drawn while none of them splits.</param>
/// <param name="Shrinkage">λ of the scores: a leaf's answer is ΣG/(ΣW + λ).</param>
public sealed record TreeLimits(int MostDepth, int LeastRows, int ColumnsTried, double Shrinkage = 0);

/// <summary>
/// Grows one tree by histograms. Each row brings sums G (one an output) and a weight W; the split with the largest
/// Σ G²_left/(W_left + λ) + Σ G²_right/(W_right + λ) is taken. With one-hot targets and row counts that is the Gini index (Breiman 1984);
/// with gradients and second derivatives it is a Newton step (Friedman 2000; Chen and Guestrin 2016, equation 7). A number splits at a
/// threshold, a word as one code against the rest.
/// </summary>
/// <param name="rows">All training rows.</param>
/// <param name="sums">[rows, width] G, already times W where W counts the row.</param>
/// <param name="weights">[rows] W.</param>
/// <param name="width">Outputs.</param>
/// <param name="limits">When to stop.</param>
/// <param name="seed">Which columns are tried.</param>
public sealed class TreeGrower(BinnedRows rows, float[] sums, float[] weights, int width, TreeLimits limits, Seed seed)
{
    private const int Bins = 256;

    private readonly List<TreeNode> _nodes = [];
    private readonly List<float> _values = [];
    private readonly double[] _histogram = new double[Bins * (width + 1)], _total = new double[width + 1], _left = new double[width + 1];
    private readonly int[] _counts = new int[Bins], _order = [.. Enumerable.Range(0, rows.Columns.Count)];
    private ulong _draws;

    /// <param name="chosen">The rows to learn from; they are put in another order.</param>
    public DecisionTree Grow(int[] chosen)
    {
        var open = new Stack<(int Node, int First, int Count, int Depth)>();
        _nodes.Add(default);
        open.Push((0, 0, chosen.Length, 0));
        while (open.TryPop(out var part))
        {
            var own = chosen.AsSpan(part.First, part.Count);
            Total(own);
            var split = part.Depth < limits.MostDepth && part.Count >= 2 * limits.LeastRows ? Best(own) : default;
            if (split.Gain <= 0)
            {
                _nodes[part.Node] = new TreeNode(NodeKind.Leaf, -1, 0, _values.Count / width);
                for (var k = 0; k < width; k++) _values.Add((float)(_total[k] / (_total[width] + limits.Shrinkage)));
                continue;
            }
            var left = Divide(own, split);
            var nominal = rows.Columns[split.Column].IsNominal;
            _nodes[part.Node] = new TreeNode(nominal ? NodeKind.Equal : NodeKind.Below, split.Column,
                nominal ? split.Bin : rows.Threshold(split.Column, split.Bin), _nodes.Count);
            open.Push((_nodes.Count, part.First, left, part.Depth + 1));
            open.Push((_nodes.Count + 1, part.First + left, part.Count - left, part.Depth + 1));
            _nodes.Add(default);
            _nodes.Add(default);
        }
        return new DecisionTree([.. _nodes], [.. _values], width);
    }

    private void Total(ReadOnlySpan<int> own)
    {
        Array.Clear(_total);
        foreach (var row in own)
        {
            for (var k = 0; k < width; k++) _total[k] += sums[row * width + k];
            _total[width] += weights[row];
        }
    }

    private Split Best(ReadOnlySpan<int> own)
    {
        var whole = Score(_total);
        var best = default(Split);
        for (var tried = 0; tried < _order.Length && (tried < limits.ColumnsTried || best.Gain <= 0); tried++)
        {
            if (limits.ColumnsTried < _order.Length)
            {
                var other = tried + seed.Below(_order.Length - tried, _draws++);
                (_order[tried], _order[other]) = (_order[other], _order[tried]);
            }
            var found = BestOf(_order[tried], own, whole);
            if (found.Gain > best.Gain) best = found;
        }
        return best;
    }

    private Split BestOf(int column, ReadOnlySpan<int> own, double whole)
    {
        var (low, high) = Fill(column, own);
        var nominal = rows.Columns[column].IsNominal;
        if (nominal && rows.BinsOf(column) == byte.MaxValue) high = Math.Min(high, byte.MaxValue - 2); // the last bin is of several codes
        var (best, count) = (default(Split), 0);
        Array.Clear(_left);
        for (var bin = low; bin < (nominal ? high + 1 : high); bin++)
        {
            if (_counts[bin] == 0) continue;
            if (nominal)
            {
                Array.Clear(_left);
                count = 0;
            }
            count += _counts[bin];
            for (var k = 0; k <= width; k++) _left[k] += _histogram[bin * (width + 1) + k];
            if (count < limits.LeastRows || own.Length - count < limits.LeastRows) continue;
            var gain = Score(_left) + ScoreOfRest() - whole;
            if (gain > best.Gain && gain > 1e-9 * Math.Abs(whole)) best = new Split(gain, column, bin);
        }
        return best;
    }

    private (int Low, int High) Fill(int column, ReadOnlySpan<int> own)
    {
        var bins = rows.Bins[column];
        var used = rows.BinsOf(column);
        Array.Clear(_counts, 0, used);
        Array.Clear(_histogram, 0, used * (width + 1));
        int low = used, high = -1;
        foreach (var row in own)
        {
            int bin = bins[row];
            if (bin < low) low = bin;
            if (bin > high) high = bin;
            _counts[bin]++;
            var at = bin * (width + 1);
            for (var k = 0; k < width; k++) _histogram[at + k] += sums[row * width + k];
            _histogram[at + width] += weights[row];
        }
        return (low, high);
    }

    private double Score(double[] part)
    {
        var weight = part[width] + limits.Shrinkage;
        if (weight <= 0) return 0;
        var score = 0.0;
        for (var k = 0; k < width; k++) score += part[k] * part[k];
        return score / weight;
    }

    private double ScoreOfRest()
    {
        var weight = _total[width] - _left[width] + limits.Shrinkage;
        if (weight <= 0) return 0;
        var score = 0.0;
        for (var k = 0; k < width; k++) score += (_total[k] - _left[k]) * (_total[k] - _left[k]);
        return score / weight;
    }

    /// <summary>Rows that go left come first; their order stays.</summary>
    private int Divide(Span<int> own, Split split)
    {
        var bins = rows.Bins[split.Column];
        var nominal = rows.Columns[split.Column].IsNominal;
        var right = new int[own.Length];
        int left = 0, others = 0;
        foreach (var row in own)
        {
            if (nominal ? bins[row] == split.Bin : bins[row] <= split.Bin) own[left++] = row;
            else right[others++] = row;
        }
        right.AsSpan(0, others).CopyTo(own[left..]);
        return left;
    }

    private readonly record struct Split(double Gain, int Column, int Bin);
}
