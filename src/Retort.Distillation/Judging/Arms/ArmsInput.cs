using Retort.Tensors;

namespace Retort.Judging.Arms;

/// <summary>What a verdict is made of.</summary>
public sealed record ArmsInput
{
    /// <summary>Each role once; teacher, student, and one that shows what the student can do without the teacher.</summary>
    public required IReadOnlyList<Arm> Arms { get; init; }

    /// <summary>The loss against the teacher that still counts as none.</summary>
    public double Margin { get; init; } = 0.01;

    /// <summary>Dollars for labels, grading and training; null = nobody said.</summary>
    public double? SpentUsd { get; init; }

    /// <summary>Dollars of one of the teacher's requests; null = what its items say.</summary>
    public double? TeacherUsd { get; init; }

    /// <summary>Of the teacher's requests; null = what its items say.</summary>
    public RequestFigures? TeacherLatencyMs { get; init; }
    public int Resamples { get; init; } = 10_000;
    public ulong Seed { get; init; } = 1;

    public Arm? Find(ArmRole role) => Arms.FirstOrDefault(arm => arm.Role == role);

    /// <exception cref="RetortException">An arm is missing.</exception>
    internal void Check()
    {
        if (Find(ArmRole.Teacher) is null || Find(ArmRole.Student) is null)
            throw new RetortException("verdict", "the teacher or the distilled student is missing.", "graded answers of both, on the same items.");
        if (Arms.Count < 3)
            throw new RetortException("verdict", "nothing shows what the student could do without the teacher.",
                "graded answers of the untuned student, of the few-shot student, or of one that was trained without the teacher.",
                "add --untuned, --few-shot or --baseline: a student that is good already needs no distillation.");
    }
}
