namespace Retort.Evaluation.Metrics;

/// <summary>
/// overlap = (1/N) Σ_i |top5(z^t_i) ∩ top5(z^s_i)| / 5, ties to the lower class. Null below 10 classes, where five
/// of them overlap by chance alone.
/// </summary>
public static class Top5Overlap
{
    private const int Count = 5;

    public static double? Of(Predictions teacher, Predictions student)
    {
        if (teacher.Classes < 2 * Count)
            return null;
        var t = new int[Count];
        var s = new int[Count];
        var shared = 0L;
        for (var i = 0; i < teacher.Examples; i++)
        {
            Largest(teacher.Row(i), t);
            Largest(student.Row(i), s);
            shared += t.Count(c => Array.IndexOf(s, c) >= 0);
        }

        return (double)shared / Count / teacher.Examples;
    }

    private static void Largest(ReadOnlySpan<float> row, int[] best)
    {
        var filled = 0;
        for (var c = 0; c < row.Length; c++)
        {
            var at = filled;
            while (at > 0 && row[c] > row[best[at - 1]])
                at--;
            if (at == Count)
                continue;
            filled = Math.Min(filled + 1, Count);
            for (var k = filled - 1; k > at; k--)
                best[k] = best[k - 1];
            best[at] = c;
        }
    }
}
