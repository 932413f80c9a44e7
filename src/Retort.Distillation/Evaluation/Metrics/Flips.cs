namespace Retort.Evaluation.Metrics;

/// <summary>Where two models differ, in examples: an average hides it when losses and gains cancel.</summary>
/// <param name="Lost">Teacher right, student wrong (negative flips; Yan et al. 2021).</param>
/// <param name="Gained">Teacher wrong, student right.</param>
/// <param name="Inherited">Both wrong, with the same class: the teacher's mistake was learned.</param>
public sealed record Flips(int Lost, int Gained, int Inherited)
{
    public static Flips Of(Predictions teacher, Predictions student, int[] labels)
    {
        int lost = 0, gained = 0, inherited = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            int t = teacher.Top(i), s = student.Top(i), y = labels[i];
            if (t == y && s != y)
                lost++;
            else if (t != y && s == y)
                gained++;
            else if (t != y && s == t)
                inherited++;
        }

        return new Flips(lost, gained, inherited);
    }
}
