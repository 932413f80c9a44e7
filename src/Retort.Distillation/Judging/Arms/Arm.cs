namespace Retort.Judging.Arms;

/// <summary>Who answers the same items: the teacher, or the student in one of its states.</summary>
public enum ArmRole
{
    Teacher,

    /// <summary>The student's model as it was before anybody taught it.</summary>
    Untuned,

    /// <summary>The same with worked examples in its prompt.</summary>
    FewShot,

    /// <summary>The same student trained without the teacher.</summary>
    Baseline,

    /// <summary>The distilled student.</summary>
    Student,
}

/// <summary>One graded answer.</summary>
/// <param name="Score">From 0 to 1; null = ungraded, which is never 0.</param>
/// <param name="LatencyMs">Of the whole answer; null = not measured.</param>
/// <param name="CostUsd">Null = not known.</param>
/// <param name="Slice">To which part of the items it belongs; null = nobody said.</param>
public sealed record ArmItem(double? Score, double? LatencyMs = null, double? CostUsd = null, string? Slice = null);

/// <param name="Role">Who.</param>
/// <param name="Name">Its file, for errors.</param>
/// <param name="Items">By id.</param>
public sealed record Arm(ArmRole Role, string Name, IReadOnlyDictionary<string, ArmItem> Items)
{
    public IReadOnlyDictionary<string, double?> Scores { get; } = Items.ToDictionary(item => item.Key, item => item.Value.Score);

    /// <summary>"few-shot student".</summary>
    public string Title => Of(Role);

    public static string Of(ArmRole role) => role switch
    {
        ArmRole.Teacher => "teacher",
        ArmRole.Untuned => "untuned student",
        ArmRole.FewShot => "few-shot student",
        ArmRole.Baseline => "student without a teacher",
        _ => "distilled student",
    };
}
