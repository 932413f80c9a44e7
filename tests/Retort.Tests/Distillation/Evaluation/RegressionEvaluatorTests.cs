using System.Text.Json;
using Retort.Evaluation;
using Retort.Evaluation.Report;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class RegressionEvaluatorTests
{
    /// <summary>Forty true numbers 0 and 10 in turn; each model is off by its own distance everywhere.</summary>
    private static RegressionInput Off(double teacher, double student, double baseline)
    {
        float[] truth = [.. Enumerable.Range(0, 40).Select(i => 10f * (i % 2))];
        NumberAnswers By(string name, double distance) => new(name,
            [.. truth.Select((number, i) => (float)(number + (i % 4 < 2 ? distance : -distance)))],
            new ModelFacts(7, 28, new LatencyFacts(1, 2, 3, 4)));
        return new RegressionInput
        {
            Target = "price", Truth = truth, Teacher = By("teacher", teacher), Student = By("student", student),
            Baseline = By("baseline", baseline), Margin = 0.1, Resamples = 200, Seed = 3,
        };
    }

    /// <summary>Variance 25; RMSE and MAE are the distances; R² = 1 − distance²/25; the student is 1 from the teacher.</summary>
    [Fact]
    public void ByHand()
    {
        var result = RegressionEvaluator.Evaluate(Off(1, 2, 3));
        Assert.Equal((2, 2), (result.Student.Rmse, result.Student.Mae));
        Assert.Equal(1 - 4 / 25.0, result.Student.R2!.Value, 1e-12);
        Assert.Equal(1, result.Student.RmseFromTeacher);
        Assert.Null(result.Teacher.RmseFromTeacher);
        var verdict = result.Verdict;
        Assert.Equal((1, new Interval(1, 1), 0.5), (verdict.Gain, verdict.GainInterval, verdict.Margin));
        Assert.Equal(21 / 24.0, verdict.Kept!.Value, 1e-12);
        Assert.Equal(0.5, verdict.GapClosed!.Value, 1e-12);
        Assert.Equal(Verdict.Better, verdict.Outcome);
        Assert.Equal("On n = 40 test examples the student's root mean square error of 'price' is 2, the teacher's 1, that of the same student "
            + "trained without the teacher 3; the gain is 1 (95 % interval 1 to 1). It keeps 87.50 % of the variance that the teacher explains "
            + "(95 % interval 87.50 to 87.50 %). Distillation helped: keep the student. "
            + "It closes 50 % of the gap between the baseline and the teacher.", verdict.Text);
    }

    [Theory]
    [InlineData(1, 3, 2, Verdict.Worse)]
    [InlineData(1, 2.2, 2, Verdict.Worse)]
    [InlineData(1, 2, 2, Verdict.NotWorse)]
    [InlineData(3, 1, 2, Verdict.Better)]
    public void Outcomes(double teacher, double student, double baseline, string outcome) =>
        Assert.Equal(outcome, RegressionEvaluator.Evaluate(Off(teacher, student, baseline)).Verdict.Outcome);

    [Fact]
    public void ATeacherThatExplainsNothing()
    {
        var result = RegressionEvaluator.Evaluate(Off(6, 2, 3));
        Assert.Null(result.Verdict.Kept);
        Assert.Null(result.Verdict.GapClosed);
        Assert.Contains("The teacher explains nothing of the variance.", result.Verdict.Text, StringComparison.Ordinal);
        Assert.Contains("Warning: the teacher's error (6) is larger than the baseline's (3)", result.Verdict.Text, StringComparison.Ordinal);
        var equal = Off(1, 2, 3) with { Truth = [.. new float[40].Select(_ => 4f)] };
        Assert.Null(RegressionEvaluator.Evaluate(equal).Student.R2);
    }

    /// <summary>The interval is that of the paired differences: noise that both models share is not in it.</summary>
    [Fact]
    public void TheIntervalIsPaired()
    {
        var input = Off(1, 2, 3);
        float[] noise = [.. Enumerable.Range(0, 40).Select(i => (float)(5 * new Seed(4).Normal((ulong)i)))];
        RegressionResult With(NumberAnswers student, NumberAnswers baseline) =>
            RegressionEvaluator.Evaluate(input with { Student = student, Baseline = baseline });
        NumberAnswers Noisy(float more) => new("m", [.. input.Truth.Select((number, i) => number + noise[i] * more)], new ModelFacts(1, 1));
        var verdict = With(Noisy(1), Noisy(1.1f)).Verdict;
        Assert.Equal(0.1 * verdict.Student, verdict.Gain, 1e-5);
        Assert.InRange(verdict.GainInterval.High - verdict.GainInterval.Low, 0.05, 0.5);
        Assert.Equal(Verdict.Better, verdict.Outcome);
    }

    [Fact]
    public void TheFileHasNoAccuracy()
    {
        using var json = JsonDocument.Parse(EvaluationJson.Write(RegressionEvaluator.Evaluate(Off(1, 2, 3))));
        var test = json.RootElement.GetProperty("test");
        Assert.Equal("examples target teacher student baseline", Keys(test));
        Assert.Equal("name rmse mae r2 parameters bytes latencyMs", Keys(test.GetProperty("teacher")));
        Assert.Equal("name rmse mae r2 rmseFromTeacher parameters bytes latencyMs", Keys(test.GetProperty("student")));
        Assert.Equal("kept keptCi95 gainOverBaseline gainCi95 gapClosed margin outcome text", Keys(json.RootElement.GetProperty("verdict")));
    }

    [Fact]
    public void TheReportHasAScatterAndNoConfusion()
    {
        var page = ReportHtml.Render(new ReportInput
        {
            Title = "t", Formula = "L", Result = RegressionEvaluator.Evaluate(Off(1, 2, 3) with { Target = "a<b" }),
        });
        Assert.Contains("Predicted a&lt;b (up) against the true one (right)", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split("predicted against true, ").Length - 1);
        Assert.Equal(3 * 40, page.Split("<circle").Length - 1 - 1); // one more marks the gain
        Assert.DoesNotContain("Confusion", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("ccuracy", page, StringComparison.Ordinal);
        Assert.DoesNotContain("a<b", page, StringComparison.Ordinal);
    }

    [Fact]
    public void AGateOnSizeHolds()
    {
        var result = RegressionEvaluator.Evaluate(Off(1, 2, 3));
        Assert.Empty(GateCheck.Failures(result, new Gate(MaxBytes: 28, MaxLatencyP95Ms: 3)));
        Assert.Equal(["size is 28 bytes, the gate asks for at most 27 bytes."], GateCheck.Failures(result, new Gate(MaxBytes: 27)));
        Assert.Equal(["gain over the baseline was not measured, the gate asks for at least 0."],
            GateCheck.Failures(result, new Gate(MinGain: 0)));
    }

    [Fact]
    public void BadInputIsRefused()
    {
        var input = Off(1, 2, 3);
        Assert.Contains("39 numbers for 40 examples", Message(input with { Student = input.Student with { Answers = input.Truth[..39] } }));
        float[] broken = [.. input.Truth];
        broken[5] = float.NaN;
        Assert.Contains("row 5 has the answer NaN", Message(input with { Teacher = input.Teacher with { Answers = broken } }));
        Assert.Contains("there are no test examples", Message(input with { Truth = [] }));

        static string Message(RegressionInput input) => Assert.Throws<RetortException>(() => RegressionEvaluator.Evaluate(input)).Message;
    }

    private static string Keys(JsonElement element) => string.Join(' ', element.EnumerateObject().Select(member => member.Name));
}
