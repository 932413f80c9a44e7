namespace Retort.Evaluation.Metrics;

/// <summary>agreement = (1/N) Σ_i [argmax z^t_i = argmax z^s_i], right or wrong (Stanton et al. 2021, eq. 5).</summary>
public static class Agreement
{
    public static double Of(Predictions teacher, Predictions student)
    {
        var same = 0;
        for (var i = 0; i < teacher.Examples; i++)
            if (teacher.Top(i) == student.Top(i))
                same++;
        return (double)same / teacher.Examples;
    }
}
