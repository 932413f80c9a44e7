namespace Retort.Judging.Arms;

/// <summary>From how many requests on a student is cheaper than its teacher: what was spent over what a request saves.</summary>
/// <param name="SpentUsd">On labels, grading and training; null = nobody said.</param>
/// <param name="TeacherUsd">Of a request, on average.</param>
/// <param name="StudentUsd">Of a request, on average; null = not known, and counted as nothing.</param>
public sealed record BreakEven(double? SpentUsd, double TeacherUsd, double? StudentUsd)
{
    /// <summary>Dollars; below 0 the student costs more.</summary>
    public double SavingUsd => TeacherUsd - (StudentUsd ?? 0);

    /// <summary>Null where nothing is saved, or nobody said what was spent.</summary>
    public long? Requests => SavingUsd > 0 && SpentUsd is { } spent
        ? (long)Math.Min(1e15, Math.Ceiling(spent / SavingUsd * (1 - Rounding))) : null;

    /// <summary>Of sums of cents in double: 30 dollars at a cent each are 3,000 requests, not 3,001.</summary>
    private const double Rounding = 1e-12;
}
