using Retort.Evaluation;
using Retort.Evaluation.Language;
using Retort.Evaluation.Report;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation.Language;

public sealed class LanguageEvaluatorTests
{
    /// <summary>Two tokens by hand: p = (1/4, 3/4) and (1/2, 1/2) against a teacher of (1/2, 1/2) twice.</summary>
    [Fact]
    public void ATokenIsScored()
    {
        var score = new TokenScore(2);
        var (even, sure) = (new[] { 1f, 1 }, new[] { 0f, (float)Math.Log(3) });
        score.Add(0, 1, sure, even);
        score.Add(1, 1, even, even);
        Assert.Equal(-Math.Log(0.75), score.Losses[0], 1e-6);
        Assert.Equal(Math.Log(2), score.Losses[1], 1e-6);
        Assert.Equal(0.5 * Math.Log(0.5 / 0.25) + 0.5 * Math.Log(0.5 / 0.75), score.Divergences[0], 1e-6);
        Assert.Equal(0, score.Divergences[1], 1e-6);
        Assert.Equal([1, 0], score.Hits);
        Assert.Equal([0, 1], score.Agreed);
        Assert.Equal((0.25 + 0.5) / 2, score.CalibrationError, 1e-6);
    }

    [Fact]
    public void WhatIsNotFiniteIsRefused() => Assert.Contains("not finite",
        Assert.ThrowsAny<Exception>(() => new TokenScore(1).Add(0, 0, [float.NaN, 0], [0, 0])).Message, StringComparison.Ordinal);

    [Fact]
    public void RightAnswersDecideWhereTheDataCanTell()
    {
        var result = LanguageEvaluator.Evaluate(Input(tells: true));
        Assert.Equal(Verdict.Better, result.Judgement.Outcome);
        Assert.Equal((1.0, 0.75, 0.25), (result.Judgement.Teacher, result.Judgement.Student, result.Judgement.Baseline));
        Assert.Equal([20, 20], result.Groups!.Select(row => row.Examples));
        Assert.Equal(1, result.Groups![0].Student);
        Assert.Equal(0.5, result.Groups[1].Student);
        Assert.Null(result.Teacher.Agreement);
        Assert.Contains("\"exactMatch\": 0.75", EvaluationJson.Write(result), StringComparison.Ordinal);
        var report = ReportHtml.Render(new ReportInput { Title = "t", Result = result, Formula = "f" });
        Assert.Contains("Where teacher and student answer differently", report, StringComparison.Ordinal);
        Assert.Contains("Right answers in each group", report, StringComparison.Ordinal);
        Assert.Empty(GateCheck.Failures(result, new Gate { MinKept = 0.7, MinAgreement = 0.4, MinGain = 0.4 }));
        Assert.Equal(2, GateCheck.Failures(result, new Gate { MinKept = 0.8, MinGain = 0.6 }).Count);
    }

    [Fact]
    public void TheLossDecidesWhereTheyCannot()
    {
        var result = LanguageEvaluator.Evaluate(Input(tells: false));
        var verdict = Assert.IsType<LanguageVerdict>(result.Judgement);
        Assert.Equal(result.Student.Loss!.Value, verdict.Student, 1e-12);
        Assert.Equal((result.Baseline.Loss - result.Student.Loss)!.Value, verdict.Gain, 1e-12);
        Assert.InRange(verdict.Gain, verdict.GainInterval.Low, verdict.GainInterval.High);
        Assert.Equal(Verdict.Better, verdict.Outcome);
        Assert.Equal(Math.Exp(verdict.Teacher - verdict.Student), verdict.Kept!.Value, 1e-12);
        Assert.DoesNotContain("exactMatch", EvaluationJson.Write(result), StringComparison.Ordinal);
        Assert.Contains("nats of loss a token", ReportHtml.Render(new ReportInput { Title = "t", Result = result, Formula = "f" }),
            StringComparison.Ordinal);
        Assert.Contains("was not measured", GateCheck.Failures(result, new Gate { MinKept = 0.1 })[0], StringComparison.Ordinal);
    }

    /// <summary>Of a teacher that nobody can ask about the test part's tokens nothing is made up: no loss, nothing kept, no gap.</summary>
    [Fact]
    public void AStudentIsJudgedWithoutItsTeachersLoss()
    {
        var input = Input(tells: false);
        var (whole, result) = (LanguageEvaluator.Evaluate(input),
            LanguageEvaluator.Evaluate(input with { Teacher = input.Teacher with { Tokens = null }, SharedTokens = false }));
        Assert.Equal((whole.Judgement.Gain, whole.Judgement.GainInterval, whole.Judgement.Outcome),
            (result.Judgement.Gain, result.Judgement.GainInterval, result.Judgement.Outcome));
        Assert.Equal((null, null, null), (result.Judgement.Kept, result.Judgement.KeptInterval, result.Judgement.GapClosed));
        Assert.DoesNotContain("teacher's", result.Judgement.Text, StringComparison.Ordinal);
        var report = ReportHtml.Render(new ReportInput { Title = "t", Result = result, Formula = "f" });
        Assert.DoesNotContain("NaN", EvaluationJson.Write(result) + report, StringComparison.Ordinal);
    }

    /// <summary>Teacher always right, student three times in four, baseline once; losses likewise, on documents of unlike length.</summary>
    private static LanguageInput Input(bool tells)
    {
        const int documents = 40;
        LanguageAnswers Model(string name, float sure, Func<int, bool> right)
        {
            var score = new TokenScore(documents);
            for (var document = 0; document < documents; document++)
                for (var token = 0; token <= document % 3; token++) score.Add(document, 0, [sure + document % 2, 0.5f], [2, 0]);
            return new LanguageAnswers(name, score, [.. Enumerable.Range(0, documents).Select(i => right(i) ? "yes" : "no")],
                tells ? [.. Enumerable.Range(0, documents).Select(right)] : [], new ModelFacts(10, 40));
        }
        return new LanguageInput
        {
            Teacher = Model("teacher", 2, _ => true),
            Student = Model("student", 1, i => i % 4 is not 3),
            Baseline = Model("baseline", 0, i => i % 4 == 0),
            Documents = [.. Enumerable.Range(0, documents).Select(i => ($"question {i}", "yes"))],
            Groups = [.. Enumerable.Range(0, documents).Select(i => i % 2)],
            GroupNames = ["even", "odd"],
            Resamples = 300,
        };
    }
}
