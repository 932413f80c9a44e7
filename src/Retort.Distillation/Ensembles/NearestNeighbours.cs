using System.Numerics;
using Retort.Data.Tables;

namespace Retort.Ensembles;

/// <summary>
/// The mean answer of the k nearest training rows, by squared Euclidean distance of the scaled numbers plus the count of differing words.
/// The training rows stand column by column, so that one pass takes several of them at once.
/// </summary>
public sealed class NearestNeighbours : IEnsembleMember
{
    private readonly float[][] _columns;

    public NearestNeighbours(Lesson lesson, int neighbours)
    {
        (Lesson, Neighbours) = (lesson, neighbours);
        var whole = (lesson.Count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        _columns = new float[lesson.Rows.Width][];
        for (var column = 0; column < _columns.Length; column++)
        {
            _columns[column] = new float[whole];
            for (var row = 0; row < lesson.Count; row++) _columns[column][row] = lesson.Rows[row][column];
        }
    }

    public string Name => $"{Neighbours} nearest neighbours";
    public Lesson Lesson { get; }
    public int Neighbours { get; }
    public long Bytes => ((long)Lesson.Rows.Values.Length + Lesson.Targets.Length) * sizeof(float);

    public void Answer(MixedRows rows, int first, int count, Span<float> answers)
    {
        var width = Lesson.Task.Width;
        var nearest = new (float Distance, int Row)[Math.Min(Neighbours, Lesson.Count)];
        var distances = new float[_columns[0].Length];
        for (var i = 0; i < count; i++)
        {
            Measure(rows[first + i], distances);
            Choose(distances.AsSpan(0, Lesson.Count), nearest);
            var answer = answers.Slice(i * width, width);
            answer.Clear();
            foreach (var (_, row) in nearest)
                for (var k = 0; k < width; k++) answer[k] += Lesson.Targets[row * width + k] / nearest.Length;
        }
    }

    private void Measure(ReadOnlySpan<float> asked, Span<float> distances)
    {
        for (var at = 0; at < distances.Length; at += Vector<float>.Count)
        {
            var sum = Vector<float>.Zero;
            for (var column = 0; column < _columns.Length; column++)
            {
                var difference = new Vector<float>(_columns[column], at) - new Vector<float>(asked[column]);
                sum += Lesson.Rows.Nominal[column]
                    ? Vector.ConditionalSelect(Vector.Equals(difference, Vector<float>.Zero), Vector<float>.Zero, Vector<float>.One)
                    : difference * difference;
            }
            sum.CopyTo(distances[at..]);
        }
    }

    /// <summary>Insertion into a short sorted list; of equal distances the earlier row stays.</summary>
    private static void Choose(ReadOnlySpan<float> distances, (float Distance, int Row)[] nearest)
    {
        Array.Fill(nearest, (float.PositiveInfinity, -1));
        for (var row = 0; row < distances.Length; row++)
        {
            var distance = distances[row];
            if (distance >= nearest[^1].Distance) continue;
            var place = nearest.Length - 1;
            for (; place > 0 && nearest[place - 1].Distance > distance; place--) nearest[place] = nearest[place - 1];
            nearest[place] = (distance, row);
        }
    }
}
