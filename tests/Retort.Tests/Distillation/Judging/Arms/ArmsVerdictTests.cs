using Retort.Evaluation;
using Retort.Judging.Arms;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Judging.Arms;

public sealed class ArmsVerdictTests
{
    private const int Items = 1000;

    /// <summary>Shares of right answers of 1,000, by who: teacher, untuned, few-shot, student; the margin is 2 points.</summary>
    [Theory]
    [InlineData(0.92, 0.60, 0.75, 0.92, "distil", "Distil: the student is better than without the teacher")]
    [InlineData(0.92, 0.60, 0.75, 0.80, "do not distil", "loses more than the margin against its teacher")]
    [InlineData(0.92, 0.60, 0.95, 0.90, "do not distil", "the few-shot student is better")]
    [InlineData(0.92, 0.60, 0.90, 0.90, "do not distil", "the few-shot student is as good within the margin")]
    [InlineData(0.60, 0.92, 0.30, 0.92, "do not distil", "the teacher is no better than the untuned student already is")]
    public void TheVerdictIsTheFirstThatHolds(double teacher, double untuned, double fewShot, double student, string outcome, string why)
    {
        var verdict = ArmsVerdict.Of(Input(0.02, Nested(ArmRole.Teacher, teacher), Nested(ArmRole.Untuned, untuned),
            Nested(ArmRole.FewShot, fewShot), Nested(ArmRole.Student, student)));
        Assert.Equal(outcome, verdict.Outcome);
        Assert.Contains(why, verdict.Text, StringComparison.Ordinal);
        Assert.Null(verdict.More);
        Assert.Equal(["teacher", "untuned student", "few-shot student", "distilled student"], verdict.Arms.Select(arm => Arm.Of(arm.Role)));
        Assert.Equal([teacher, untuned, fewShot, student], verdict.Arms.Select(arm => arm.Mean!.Value), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    /// <summary>OpenAI's cookbook: 300 items, the student 1.3 points above its teacher. They do not rule out a loss of a point.</summary>
    [Fact]
    public void ThreeHundredItemsDoNotShowAPoint()
    {
        var verdict = ArmsVerdict.Of(Input(0.01, Drawn(ArmRole.Teacher, 300, 231, 1), Drawn(ArmRole.Untuned, 300, 197, 2),
            Drawn(ArmRole.Student, 300, 235, 3)));
        Assert.Equal(Verdict.NotEnoughData, verdict.Outcome);
        Assert.InRange(verdict.More!.Value, 1000, 100_000);
        Assert.Contains("more items: a loss of more than the margin against the teacher is not ruled out", verdict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void TwentyItemsAreTooFewForAnything()
    {
        var verdict = ArmsVerdict.Of(Perfect(0.02, 20));
        Assert.Equal((Verdict.NotEnoughData, 10L), (verdict.Outcome, verdict.More));
    }

    /// <summary>40 items that teacher and student all get right: three times as many could still hide a loss of a point.</summary>
    [Fact]
    public void NothingLostInFewItemsIsNoProof()
    {
        var verdict = ArmsVerdict.Of(Perfect(0.01, 40));
        Assert.Equal((Verdict.NotEnoughData, (bool?)null), (verdict.Outcome, verdict.Comparisons[0].NotWorse));
        Assert.InRange(verdict.More!.Value, 300, 400);
        var more = ArmsVerdict.Of(Perfect(0.01, 400));
        Assert.Equal(ArmsVerdict.Distil, more.Outcome);
    }

    /// <summary>What is ungraded is left out and counted; that many of them withhold the verdict.</summary>
    [Fact]
    public void UngradedIsNeverZero()
    {
        Arm WithHoles(Func<int, bool> missing) => new(ArmRole.Student, "s", Nested(ArmRole.Student, 0.92).Items.Values
            .Select((item, i) => missing(i) ? item with { Score = null } : item).Index().ToDictionary(one => $"{one.Index}", one => one.Item));
        Arm[] others = [Nested(ArmRole.Teacher, 0.92), Nested(ArmRole.Untuned, 0.6)];
        var verdict = ArmsVerdict.Of(Input(0.02, [.. others, WithHoles(i => i % 100 == 7)]));
        Assert.Equal((ArmsVerdict.Distil, 10), (verdict.Outcome, verdict.Arms[^1].Ungraded));
        Assert.Equal(990, verdict.Comparisons[0].Judgement.Examples);
        var many = ArmsVerdict.Of(Input(0.02, [.. others, WithHoles(i => i % 10 == 7)]));
        Assert.Equal((Verdict.NotEnoughData, (long?)null), (many.Outcome, many.More));
        Assert.Contains("grade them first", many.Text, StringComparison.Ordinal);
    }

    /// <summary>A teacher's request costs 2 cents, the student's a tenth of one; 380 dollars are back after 380/0.019 requests.</summary>
    [Fact]
    public void WhatWasSpentIsBackAfterSoManyRequests()
    {
        var input = Input(0.02, Priced(Nested(ArmRole.Teacher, 0.92), 0.02, 900), Nested(ArmRole.Untuned, 0.6),
            Priced(Nested(ArmRole.Student, 0.92), 0.001, 40)) with { SpentUsd = 380 };
        var verdict = ArmsVerdict.Of(input);
        Assert.Equal((0.019, 20_000L), (Math.Round(verdict.BreakEven!.SavingUsd, 12), verdict.BreakEven.Requests));
        Assert.Contains("$380.00 that were spent are back after 20,000 requests.", verdict.Text, StringComparison.Ordinal);
        Assert.Equal((900.0, 40.0), (verdict.Arms[0].LatencyMs!.Median, verdict.Arms[^1].LatencyMs!.P95));
        var dear = ArmsVerdict.Of(Input(0.02, Priced(Nested(ArmRole.Teacher, 0.92), 0.02, 9), Nested(ArmRole.Untuned, 0.6),
            Priced(Nested(ArmRole.Student, 0.92), 0.02, 9)) with { SpentUsd = 380 });
        Assert.Equal((ArmsVerdict.DoNotDistil, (long?)null), (dear.Outcome, dear.BreakEven!.Requests));
        Assert.Contains("costs no less than one of its teacher", dear.Text, StringComparison.Ordinal);
    }

    /// <summary>The mean hides that one kind of item is lost; a slice of a few items says nothing.</summary>
    [Fact]
    public void TheSliceThatIsLostIsNamed()
    {
        string SliceOf(int i) => i % 10 == 3 ? "rare" : i < 12 ? "tiny" : "common";
        Arm Sliced(ArmRole role, Func<int, bool> right) => new(role, $"{role}", Enumerable.Range(0, Items)
            .ToDictionary(i => $"{i}", i => new ArmItem(right(i) ? 1 : 0, Slice: SliceOf(i))));
        var verdict = ArmsVerdict.Of(Input(0.2, Sliced(ArmRole.Teacher, i => i % 20 != 0), Sliced(ArmRole.Untuned, i => i % 2 == 0),
            Sliced(ArmRole.Student, i => i % 20 != 0 && SliceOf(i) != "rare")));
        Assert.Equal(ArmsVerdict.Distil, verdict.Outcome); // within a margin of 20 points
        Assert.Equal(["rare", "common", "tiny"], verdict.Slices.Select(slice => slice.Name).OrderBy(name => name == "rare" ? 0 : 1).ThenBy(name => name));
        Assert.Equal([ArmSlice.Worse, ArmSlice.NothingShown, ArmSlice.TooSmall],
            ((string[])["rare", "common", "tiny"]).Select(name => verdict.Slices.Single(slice => slice.Name == name).Finding));
        Assert.Equal("rare", verdict.Slices[0].Name);
        Assert.EndsWith("The student is clearly worse than its teacher on: rare (-100.0 points).", verdict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsMissingIsNamed()
    {
        var (teacher, student) = (Nested(ArmRole.Teacher, 0.9), Nested(ArmRole.Student, 0.9));
        Assert.Contains("nothing shows what the student could do without the teacher", Refusal(teacher, student), StringComparison.Ordinal);
        Assert.Contains("the teacher or the distilled student is missing", Refusal(student, Nested(ArmRole.Untuned, 0.5)), StringComparison.Ordinal);
        Assert.Contains("ids have no partner", Refusal(teacher, student, Nested(ArmRole.Untuned, 0.5, 999)), StringComparison.Ordinal);
        var moved = new Arm(ArmRole.Untuned, "u.jsonl", teacher.Items.ToDictionary(item => item.Key, item => item.Value with { Slice = "b" }));
        var sliced = new Arm(ArmRole.Teacher, "t.jsonl", teacher.Items.ToDictionary(item => item.Key, item => item.Value with { Slice = "a" }));
        Assert.Contains("u.jsonl  '0' is in slice 'b', and in 'a' in t.jsonl.", Refusal(sliced, moved, student), StringComparison.Ordinal);

        static string Refusal(params Arm[] arms) => Assert.Throws<RetortException>(() => ArmsVerdict.Of(Input(0.01, arms))).Message;
    }

    /// <summary>A student that is no better than it was, and a teacher: "distil" must be as rare as the level says.</summary>
    [Fact]
    public void DistilIsSeldomSaidOfAStudentThatLearntNothing()
    {
        const int Evaluations = 400, Each = 150;
        var (random, counter, said) = (new Seed(11), 0UL, 0);
        Arm Fresh(ArmRole role, double share) => new(role, $"{role}", Enumerable.Range(0, Each)
            .ToDictionary(i => $"{i}", _ => new ArmItem(random.UniformDouble(counter++) < share ? 1 : 0)));
        for (var i = 0; i < Evaluations; i++)
            if (ArmsVerdict.Of(Input(0.5, Fresh(ArmRole.Teacher, 0.9), Fresh(ArmRole.Untuned, 0.6), Fresh(ArmRole.Student, 0.6))
                with { Resamples = 200, Seed = (ulong)i }).Outcome == ArmsVerdict.Distil)
                said++;
        Assert.InRange(said / (double)Evaluations, 0, 0.05);
    }

    private static ArmsInput Input(double margin, params Arm[] arms) => new() { Arms = arms, Margin = margin, Resamples = 1000 };

    /// <summary>Teacher and student are always right, the untuned student never.</summary>
    private static ArmsInput Perfect(double margin, int items) =>
        Input(margin, Nested(ArmRole.Teacher, 1, items), Nested(ArmRole.Untuned, 0, items), Nested(ArmRole.Student, 1, items));

    /// <summary>Who is right more often is right wherever the other is.</summary>
    private static Arm Nested(ArmRole role, double share, int items = Items) => new(role, $"{role}", Enumerable.Range(0, items)
        .ToDictionary(i => $"{i}", i => new ArmItem(i * 7919 % items < share * items ? 1 : 0)));

    /// <summary>An exact number of right answers, at places that another seed puts elsewhere.</summary>
    private static Arm Drawn(ArmRole role, int items, int right, ulong seed)
    {
        var order = Retort.Data.BatchOrder.Permutation([.. Enumerable.Range(0, items)], new Seed(seed), 0);
        return new(role, $"{role}", Enumerable.Range(0, items).ToDictionary(i => $"{i}", i => new ArmItem(order[i] < right ? 1 : 0)));
    }

    private static Arm Priced(Arm arm, double usd, double milliseconds) => new(arm.Role, arm.Name,
        arm.Items.ToDictionary(item => item.Key, item => item.Value with { CostUsd = usd, LatencyMs = milliseconds }));
}
