using Retort.Data.Tables;
using Retort.Tensors;

namespace Retort.Ensembles;

/// <summary>
/// Trees on bootstrap samples, each split from a few columns drawn at random; the answer is the mean (Breiman 2001). One tree on all
/// rows and columns is a plain decision tree.
/// </summary>
public sealed class RandomForest(string name, IReadOnlyList<DecisionTree> trees, int width) : IEnsembleMember
{
    public string Name => name;
    public IReadOnlyList<DecisionTree> Trees => trees;
    public long Bytes => trees.Sum(tree => tree.Bytes);

    /// <param name="lesson">Rows and targets.</param>
    /// <param name="trees">How many.</param>
    /// <param name="leastRows">Rows of a leaf.</param>
    /// <param name="columnsTried">Columns of a split; 0 = √columns.</param>
    /// <param name="seed">Bootstrap and columns.</param>
    /// <param name="bootstrap">Draw rows with replacement, else each tree has all.</param>
    public static RandomForest Train(Lesson lesson, int trees, int leastRows, int columnsTried, Seed seed, bool bootstrap = true)
    {
        var binned = new BinnedRows(lesson.Rows);
        if (columnsTried == 0) columnsTried = (int)Math.Sqrt(lesson.Rows.Width);
        var limits = new TreeLimits(int.MaxValue, leastRows, columnsTried);
        var grown = new DecisionTree[trees];
        Parallel.For(0, trees, i => grown[i] = Tree(lesson, binned, limits, seed.Derive((ulong)i), bootstrap));
        var text = trees == 1 && !bootstrap
            ? $"tree, leaves of {leastRows}"
            : $"forest of {trees}, leaves of {leastRows}, {columnsTried} columns";
        return new RandomForest(text, grown, lesson.Task.Width);
    }

    public void Answer(MixedRows rows, int first, int count, Span<float> answers)
    {
        answers[..(count * width)].Clear();
        foreach (var tree in trees)
            for (var i = 0; i < count; i++)
            {
                var leaf = tree.Leaf(rows[first + i]);
                for (var k = 0; k < leaf.Length; k++) answers[i * width + k] += leaf[k];
            }
        for (var i = 0; i < count * width; i++) answers[i] /= trees.Count;
    }

    private static DecisionTree Tree(Lesson lesson, BinnedRows binned, TreeLimits limits, Seed seed, bool bootstrap)
    {
        var weights = new float[lesson.Count];
        for (var i = 0; i < lesson.Count; i++) weights[bootstrap ? seed.Below(lesson.Count, (ulong)i, 1) : i]++;
        var width = lesson.Task.Width;
        var sums = new float[lesson.Targets.Length];
        for (var i = 0; i < sums.Length; i++) sums[i] = lesson.Targets[i] * weights[i / width];
        var rows = Enumerable.Range(0, lesson.Count).Where(row => weights[row] > 0).ToArray();
        return new TreeGrower(binned, sums, weights, width, limits, seed).Grow(rows);
    }
}
