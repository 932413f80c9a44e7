using Retort.Data.Tables;
using Retort.Tensors;

namespace Retort.Ensembles;

/// <summary>
/// Trees added one after the other, each a Newton step on the loss of those before (Friedman 2000): logistic for two classes, softmax for
/// more (one tree a class and round), squared error for numbers. For softmax the step of each class is that of the diagonal.
/// </summary>
public sealed class GradientBoosting(string name, IReadOnlyList<DecisionTree> trees, float[] start, double rate, TableTask task)
    : IEnsembleMember
{
    private const double Shrinkage = 1, LeastCurvature = 1e-6;

    public string Name => name;
    public IReadOnlyList<DecisionTree> Trees => trees;
    public IReadOnlyList<float> Start => start;
    public double Rate => rate;
    public TableTask Task => task;
    public long Bytes => trees.Sum(tree => tree.Bytes) + start.Length * sizeof(float);

    /// <param name="lesson">Rows and targets.</param>
    /// <param name="rounds">Trees, or trees of each class.</param>
    /// <param name="depth">Questions on the way to a leaf.</param>
    /// <param name="rate">Share of each step that is taken.</param>
    /// <param name="share">Rows of a tree, drawn without replacement (Friedman 2002).</param>
    /// <param name="seed">Which rows.</param>
    public static GradientBoosting Train(Lesson lesson, int rounds, int depth, double rate, double share, Seed seed)
    {
        var (task, width) = (lesson.Task, lesson.Task.Width);
        var binned = new BinnedRows(lesson.Rows);
        var limits = new TreeLimits(depth, 2, lesson.Rows.Width, Shrinkage);
        var start = Constant(lesson);
        var scores = new float[lesson.Count * width];
        for (var i = 0; i < scores.Length; i++) scores[i] = start[i % width];
        var trees = new List<DecisionTree>();
        var answers = new float[width];
        var (gradients, weights) = (new float[width][], new float[width][]);
        for (var k = 0; k < width; k++) (gradients[k], weights[k]) = (new float[lesson.Count], new float[lesson.Count]);
        for (var round = 0; round < rounds; round++)
        {
            for (var row = 0; row < lesson.Count; row++)
            {
                scores.AsSpan(row * width, width).CopyTo(answers);
                ToAnswers(task, answers);
                for (var k = 0; k < width; k++)
                {
                    gradients[k][row] = lesson.Targets[row * width + k] - answers[k];
                    weights[k][row] = task.IsRegression ? 1 : (float)Math.Max(answers[k] * (1 - answers[k]), LeastCurvature);
                }
            }
            var drawn = share < 1 ? Draw(lesson.Count, share, seed.Derive((ulong)round)) : [.. Enumerable.Range(0, lesson.Count)];
            for (var k = 0; k < width; k++)
            {
                var tree = new TreeGrower(binned, gradients[k], weights[k], 1, limits, seed).Grow([.. drawn]);
                trees.Add(tree);
                for (var row = 0; row < lesson.Count; row++) scores[row * width + k] += (float)rate * tree.Leaf(lesson.Rows[row])[0];
            }
        }
        var text = FormattableString.Invariant($"boosting, {rounds} rounds of depth {depth}, rate {rate}");
        return new GradientBoosting(text, trees, start, rate, task);
    }

    public void Answer(MixedRows rows, int first, int count, Span<float> answers)
    {
        var width = task.Width;
        for (var i = 0; i < count * width; i++) answers[i] = start[i % width];
        for (var t = 0; t < trees.Count; t++)
        {
            var (tree, k) = (trees[t], t % width);
            for (var i = 0; i < count; i++) answers[i * width + k] += (float)rate * tree.Leaf(rows[first + i])[0];
        }
        for (var i = 0; i < count; i++) ToAnswers(task, answers.Slice(i * width, width));
    }

    /// <summary>The best constant: the mean, the log-odds, or the logs of the shares.</summary>
    private static float[] Constant(Lesson lesson)
    {
        var width = lesson.Task.Width;
        var start = new float[width];
        for (var k = 0; k < width; k++)
        {
            var mean = 0.0;
            for (var row = 0; row < lesson.Count; row++) mean += lesson.Targets[row * width + k];
            mean /= lesson.Count;
            start[k] = (float)(lesson.Task.Classes switch { 0 => mean, 2 => Math.Log(mean / (1 - mean)), _ => Math.Log(mean) });
        }
        return start;
    }

    private static void ToAnswers(TableTask task, Span<float> scores)
    {
        if (task.IsRegression) return;
        if (task.Width == 1) scores[0] = 1 / (1 + MathF.Exp(-scores[0]));
        else Probabilities.Softmax(scores);
    }

    private static int[] Draw(int count, double share, Seed seed) =>
        [.. Enumerable.Range(0, count).Where(row => seed.UniformDouble((ulong)row) < share)];
}
