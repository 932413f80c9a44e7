namespace Retort.Evaluation.Metrics;

/// <summary>
/// KL = (1/N) Σ_i Σ_c p^t_ic (log p^t_ic − log p^s_ic) at T = 1: teacher first, summed over classes, mean over
/// examples only. Dividing by N·C instead is the field's commonest defect; appending impossible classes must change nothing.
/// </summary>
public static class KlFromTeacher
{
    public static double Of(Predictions teacher, Predictions student)
    {
        var t = new double[teacher.Classes];
        var s = new double[student.Classes];
        var sum = 0.0;
        for (var i = 0; i < teacher.Examples; i++)
        {
            LogSoftmax.Row(teacher.Row(i), t);
            LogSoftmax.Row(student.Row(i), s);
            for (var c = 0; c < t.Length; c++)
                sum += Math.Exp(t[c]) * (t[c] - s[c]);
        }

        // Rounding can leave −1e-17 for equal rows; the divergence itself is never negative.
        return Math.Max(0, sum / teacher.Examples);
    }
}
