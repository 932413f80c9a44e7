using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Evaluation;
using Retort.Evaluation.Language;
using Retort.Evaluation.Report;
using Retort.Judging.Arms;
using Retort.Labels;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Sources;
using Retort.Students;
using Retort.Tensors;

namespace Retort;

/// <summary>
/// The eval stage where the teacher only speaks: shares of right answers to the test part's prompts, the teacher's from what it said; of
/// plain texts also what student and baseline say about the data's own answers. The teacher's size and speed, and what it thinks of each of
/// those tokens, nobody knows: they are absent.
/// </summary>
/// <param name="shop">Recipe, folder, clock.</param>
/// <param name="data">The test part, and what the teacher said to it.</param>
/// <param name="seed">Of the student.</param>
/// <param name="arms">Who answers beside teacher, student and baseline.</param>
/// <param name="figures">What the teacher took; null = nobody knows.</param>
internal sealed class SpokenExamination(Workshop shop, TextData data, Seed seed, SpokenArms arms, AskedFigures? figures)
{
    private readonly IReadOnlyList<TextDocument> _documents = data.Test.Documents;
    private readonly RightAnswers _answers = new(data, seed, data.RecordedFrom is null ? data.LongestAnswerOfTest : 0);

    public EvaluationOutcome Run(CancellationToken cancellation)
    {
        var teacher = Taught();
        cancellation.ThrowIfCancellationRequested();
        using var learnt = LanguageCheckpoint.Load(shop.Run.Student, shop.Device);
        using var alone = LanguageCheckpoint.Load(shop.Run.Baseline, shop.Device);
        TokenScore[] scores = data.RecordedFrom is not null ? []
            : TokenScoring.Of(shop.Device, [learnt.Model, alone.Model], data, cancellation);
        var student = Answers(ArmRole.Student, "student", learnt.Model, shop.Run.Student, scores.FirstOrDefault());
        cancellation.ThrowIfCancellationRequested();
        var baseline = Answers(ArmRole.Baseline, "baseline", alone.Model, shop.Run.Baseline, scores.LastOrDefault());
        cancellation.ThrowIfCancellationRequested();
        var verdict = data.Check is null ? null : AllArms(teacher, cancellation);
        var result = LanguageEvaluator.Evaluate(new LanguageInput
        {
            Teacher = teacher, Student = student, Baseline = baseline, SharedTokens = false,
            Documents = [.. _documents.Select(document => (_answers.TextOf(document.Prompt), _answers.TextOf(document.Answer)))],
            Margin = shop.Recipe.Evaluation.Margin,
            Resamples = shop.Recipe.Evaluation.Resamples,
            Seed = new Seed(shop.Recipe.Seed).Derive("bootstrap").Value,
            Arms = verdict,
            Notes = shop.Record.Notes.Count == 0 ? null : shop.Record.Notes,
            Warnings = shop.Record.Warnings,
        });
        shop.Run.WriteText(shop.Run.EvalJson, EvaluationJson.Write(result));
        shop.Record.Update(provenance => provenance with { StudentHash = LanguageCheckpoint.Hash(shop.Run.Student) });
        shop.Run.WriteText(shop.Run.ReportHtml, ReportHtml.Render(new ReportInput
        {
            Title = shop.Recipe.Name,
            Result = result,
            Formula = ObjectiveFormula.Describe(shop.Recipe),
            Curves = [.. LossCurves.Of(shop.Run.Events)],
            Warnings = shop.Record.Warnings,
            Provenance = [.. shop.Record.Provenance.Facts()],
            LabelBytes = [.. Stored()],
        }));
        return result;
    }

    /// <summary>Where it did not answer, it was not right.</summary>
    private LanguageAnswers Taught() => new("teacher, as recorded", null, [.. data.RecordedOfTest.Select(said => said ?? "")],
        _answers.AreRight(data.RecordedOfTest), null);

    private ArmsVerdict AllArms(LanguageAnswers teacher, CancellationToken cancellation)
    {
        arms.Add(ArmRole.Teacher, teacher.Right, []);
        arms.AddUntuned(cancellation);
        return arms.Verdict(figures);
    }

    private LanguageAnswers Answers(ArmRole role, string name, Gpt model, string folder, TokenScore? score)
    {
        using var timed = new TokenByToken(model, data.ContextLength, shop.Device);
        var probe = new LatencyProbe(shop.Time);
        var facts = new ModelFacts(model.Weights.Count, LanguageCheckpoint.Bytes(folder), probe.Latency(timed.Next));
        var said = _answers.Of(model);
        var right = _answers.AreRight(said);
        if (data.Check is not null) arms.Add(role, right, arms.Time(model, data));
        return new LanguageAnswers(name, score, said, right, facts, probe.ExamplesPerSecond(timed.Next));
    }

    private IEnumerable<LabelBytes> Stored()
    {
        var labels = shop.Recipe.Labels;
        yield return new("text", AnswerFile.Bytes(shop.Run.Labels), "answers.jsonl of the label store");
        if (labels.StoresTokens)
            yield return new($"{labels.Codec} (kept: {labels.Keep} and what was said)", shop.Run.LabelBytes, "files of the label store");
    }
}
