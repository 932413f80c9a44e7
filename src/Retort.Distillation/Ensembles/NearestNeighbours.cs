using Retort.Data.Tables;

namespace Retort.Ensembles;

/// <summary>
/// The mean answer of the k nearest training rows, by squared Euclidean distance of the scaled numbers plus the count of differing words.
/// Each row scanned ends as soon as it is further than the k-th so far.
/// </summary>
public sealed class NearestNeighbours(Lesson lesson, int neighbours) : IEnsembleMember
{
    public string Name => $"{neighbours} nearest neighbours";
    public Lesson Lesson => lesson;
    public int Neighbours => neighbours;
    public long Bytes => ((long)lesson.Rows.Values.Length + lesson.Targets.Length) * sizeof(float);

    public void Answer(MixedRows rows, int first, int count, Span<float> answers)
    {
        var width = lesson.Task.Width;
        var nearest = new (double Distance, int Row)[Math.Min(neighbours, lesson.Count)];
        for (var i = 0; i < count; i++)
        {
            Search(rows[first + i], nearest);
            var answer = answers.Slice(i * width, width);
            answer.Clear();
            foreach (var (_, row) in nearest)
                for (var k = 0; k < width; k++) answer[k] += lesson.Targets[row * width + k] / nearest.Length;
        }
    }

    /// <summary>Insertion into a short sorted list; of equal distances the earlier row stays.</summary>
    private void Search(ReadOnlySpan<float> asked, (double Distance, int Row)[] nearest)
    {
        Array.Fill(nearest, (double.PositiveInfinity, -1));
        for (var row = 0; row < lesson.Count; row++)
        {
            var distance = RowDistance.Between(asked, lesson.Rows[row], lesson.Rows.Nominal, nearest[^1].Distance);
            if (distance >= nearest[^1].Distance) continue;
            var place = nearest.Length - 1;
            for (; place > 0 && nearest[place - 1].Distance > distance; place--) nearest[place] = nearest[place - 1];
            nearest[place] = (distance, row);
        }
    }
}
