using Retort.Evaluation;
using Retort.Tensors;

namespace Retort.Judging.Arms;

/// <summary>
/// Whether distillation is worth it, from the answers of all arms to the same items. The first of these that holds:
/// <list type="number">
/// <item>"not enough data": fewer than 30 items.</item>
/// <item>"do not distil": the teacher is worse than the untuned student, or equal within the margin.</item>
/// <item>
/// "do not distil": the untuned, the few-shot student or the one trained without a teacher is better, or equal within the margin.
/// </item>
/// <item>"do not distil": the student loses more than the margin against its teacher.</item>
/// <item>"do not distil": its request costs no less than the teacher's.</item>
/// <item>"not enough data": it is not shown better than each of them, or a loss of the margin is not ruled out.</item>
/// <item>"distil".</item>
/// </list>
/// </summary>
public sealed record ArmsVerdict
{
    public const string Distil = "distil", DoNotDistil = "do not distil";

    /// <summary><see cref="Distil"/>, <see cref="DoNotDistil"/> or <see cref="Verdict.NotEnoughData"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Further items that would decide it, if the differences stay as they are; null where it is decided or not known.</summary>
    public long? More { get; init; }

    /// <summary>In plain sentences.</summary>
    public required string Text { get; init; }
    public required int Items { get; init; }
    public required double Margin { get; init; }
    public required IReadOnlyList<ArmSummary> Arms { get; init; }

    /// <summary>Student against teacher first, then student against the others, then teacher against the untuned student.</summary>
    public required IReadOnlyList<ArmComparison> Comparisons { get; init; }
    public required IReadOnlyList<ArmSlice> Slices { get; init; }

    /// <summary>Null where nobody said what the teacher's request costs.</summary>
    public BreakEven? BreakEven { get; init; }

    /// <summary>Dollars of an arm's request, on average; null = not known.</summary>
    public double? UsdOf(ArmSummary arm) => arm.CostUsd?.Mean ?? (arm.Role == ArmRole.Teacher ? BreakEven?.TeacherUsd : null);

    /// <exception cref="RetortException">
    /// An arm is missing, an id has no partner, or two arms put an item into different slices.
    /// </exception>
    public static ArmsVerdict Of(ArmsInput input)
    {
        input.Check();
        CheckSlices(input.Arms);
        var (teacher, student) = (input.Find(ArmRole.Teacher)!, input.Find(ArmRole.Student)!);
        Arm[] rivals = [.. ((ArmRole[])[ArmRole.Untuned, ArmRole.FewShot, ArmRole.Baseline]).Select(input.Find).OfType<Arm>()];
        var against = ArmComparison.Of([(teacher, student)], input.Margin, input.Resamples, input.Seed);
        var claims = rivals.Select(rival => (rival, student)).ToList();
        if (input.Find(ArmRole.Untuned) is { } untuned) claims.Add((untuned, teacher));
        var summaries = input.Arms.OrderBy(arm => arm.Role).Select(arm => ArmSummary.Of(arm, input.Resamples, input.Seed)).ToList();
        if (input.TeacherLatencyMs is { } measured) summaries[0] = summaries[0] with { LatencyMs = measured };
        var paid = input.TeacherUsd ?? summaries[0].CostUsd?.Mean;
        var found = new ArmsVerdict
        {
            Outcome = "", Text = "", Items = teacher.Items.Count, Margin = input.Margin, Arms = summaries,
            Comparisons = [.. against, .. ArmComparison.Of(claims, input.Margin, input.Resamples, input.Seed)],
            Slices = ArmSlice.Of(input.Arms, input.Resamples, input.Seed),
            BreakEven = paid is { } usd ? new BreakEven(input.SpentUsd, usd, summaries[^1].CostUsd?.Mean) : null,
        };
        var (outcome, why, needed) = found.Decide();
        found = found with { Outcome = outcome, More = needed is { } wanted ? Math.Max(1, wanted - found.Fewest) : null };
        return found with { Text = ArmsText.Of(found, why) };
    }

    /// <summary>Items of the comparison that has the fewest.</summary>
    private int Fewest => Comparisons.Min(comparison => comparison.Judgement.Examples!.Value);

    private (string Outcome, string Why, long? Needed) Decide()
    {
        var teacher = Comparisons[0];
        var rivals = Comparisons.Skip(1).Where(comparison => comparison.B == ArmRole.Student).ToList();
        var check = Comparisons.FirstOrDefault(comparison => comparison.B == ArmRole.Teacher);
        if (Fewest < Verdict.FewestExamples)
            return (Verdict.NotEnoughData, $"with fewer than {Verdict.FewestExamples} items no interval can be trusted", Verdict.FewestExamples);
        if (check is not null && (check.Outcome == Verdict.Worse || check.AreEqual(Margin)))
            return (DoNotDistil, "the teacher is no better than the untuned student already is", null);
        if (rivals.FirstOrDefault(rival => rival.Outcome == Verdict.Worse) is { } better)
            return (DoNotDistil, $"the {Arm.Of(better.A)} is better, and needs no labels of a teacher", null);
        if (rivals.FirstOrDefault(rival => rival.AreEqual(Margin)) is { } equal)
            return (DoNotDistil, $"the {Arm.Of(equal.A)} is as good within the margin, and needs no labels of a teacher", null);
        if (teacher.NotWorse == false) return (DoNotDistil, "the student loses more than the margin against its teacher", null);
        if (BreakEven is { SavingUsd: <= 0 }) return (DoNotDistil, "a request of the student costs no less than one of its teacher", null);
        List<ArmComparison> open = [.. rivals.Where(rival => rival.Outcome != Verdict.Better)];
        if (open.Count == 0 && teacher.NotWorse == true)
            return (Distil, "the student is better than without the teacher, and loses no more than the margin against it", null);
        if (open.Append(teacher).Any(comparison => comparison.IsFullOfHoles))
            return (Verdict.NotEnoughData, "more than 2 % of the answers are ungraded, and other grades of them could turn the verdict: grade them first", null);
        var unsure = teacher.NotWorse is null ? [teacher.NeededForNotWorse] : Array.Empty<long?>();
        var why = string.Join(", and ", open.Select(rival => $"it is not shown that the student is better than the {Arm.Of(rival.A)}")
            .Concat(unsure.Select(_ => "a loss of more than the margin against the teacher is not ruled out")));
        return (Verdict.NotEnoughData, why, open.Select(NeededOf).Concat(unsure).Max());
    }

    /// <summary>To tell the difference from 0, by itself; what Holm asks beyond that is not known before.</summary>
    private static long? NeededOf(ArmComparison rival) => rival.Judgement.Difference == 0 ? null
        : Math.Max(rival.Judgement.Examples!.Value + 1L, SampleSize.ToTell(rival.Judgement.Deviation, rival.Judgement.Difference));

    private static void CheckSlices(IReadOnlyList<Arm> arms)
    {
        foreach (var (id, first) in arms[0].Items)
            foreach (var other in arms.Skip(1))
                if (first.Slice is not null && other.Items.TryGetValue(id, out var item) && item.Slice is not null
                    && item.Slice != first.Slice)
                    throw new RetortException(other.Name, $"'{id}' is in slice '{item.Slice}', and in '{first.Slice}' in {arms[0].Name}.",
                        "one slice for an item, in whichever file.");
    }
}
