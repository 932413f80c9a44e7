using Retort.Data.Tables;

namespace Retort.Ensembles;

/// <summary>The weighted mean of many base models' answers; rows are answered in parallel.</summary>
/// <param name="members">Models and weights; the weights sum to 1.</param>
/// <param name="task">What they answer.</param>
public sealed class WeightedEnsemble(IReadOnlyList<(IEnsembleMember Model, double Weight)> members, TableTask task) : IDisposable
{
    private const int BlockSize = 512;

    public IReadOnlyList<(IEnsembleMember Model, double Weight)> Members => members;
    public TableTask Task => task;
    public long Bytes => members.Sum(member => member.Model.Bytes);

    /// <param name="rows">Mixed attributes.</param>
    /// <param name="threads">How many at once; 0 = one a core. The answers do not depend on it.</param>
    /// <returns>[N, width of the task]</returns>
    public float[] Answer(MixedRows rows, int threads = 0)
    {
        var answers = new float[rows.Count * task.Width];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount };
        Parallel.For(0, (rows.Count + BlockSize - 1) / BlockSize, options, block =>
        {
            var first = block * BlockSize;
            var count = Math.Min(BlockSize, rows.Count - first);
            Block(rows, first, count, answers.AsSpan(first * task.Width, count * task.Width));
        });
        return answers;
    }

    private void Block(MixedRows rows, int first, int count, Span<float> answers)
    {
        var own = new float[answers.Length];
        var sums = new double[answers.Length];
        foreach (var (model, weight) in members)
        {
            model.Answer(rows, first, count, own);
            for (var i = 0; i < own.Length; i++) sums[i] += weight * own[i];
        }
        for (var i = 0; i < own.Length; i++) answers[i] = (float)sums[i];
    }

    public void Dispose()
    {
        foreach (var (model, _) in members) (model as IDisposable)?.Dispose();
    }
}
