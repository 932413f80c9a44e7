using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Evaluation;
using Retort.Evaluation.Language;
using Retort.Evaluation.Report;
using Retort.Judging.Arms;
using Retort.Labels;
using Retort.Recipes;
using Retort.Sources;
using Retort.Students;
using Retort.Tensors;

namespace Retort;

/// <summary>
/// The eval stage where the teacher only speaks: shares of right answers to the test part's prompts, the teacher's from what it said. Its
/// size and speed, and what it thinks of each token, nobody knows: they are absent.
/// </summary>
/// <param name="shop">Recipe, folder, clock.</param>
/// <param name="data">The test part, and what the teacher said to it.</param>
/// <param name="seed">Of the student.</param>
/// <param name="arms">Who answers beside teacher, student and baseline.</param>
/// <param name="figures">What the teacher took; null = nobody knows.</param>
internal sealed class SpokenExamination(Workshop shop, TextData data, Seed seed, SpokenArms arms, AskedFigures? figures)
{
    private readonly IReadOnlyList<TextDocument> _documents = data.Test.Documents;
    private readonly RightAnswers _answers = new(data, seed);

    public EvaluationOutcome Run(CancellationToken cancellation)
    {
        var teacher = Taught();
        cancellation.ThrowIfCancellationRequested();
        var student = Answers(ArmRole.Student, "student", shop.Run.Student);
        cancellation.ThrowIfCancellationRequested();
        var baseline = Answers(ArmRole.Baseline, "baseline", shop.Run.Baseline);
        cancellation.ThrowIfCancellationRequested();
        arms.Add(ArmRole.Teacher, teacher.Right, []);
        arms.AddUntuned(cancellation);
        var verdict = arms.Verdict(figures);
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
            LabelBytes = [new("text", AnswerFile.Bytes(shop.Run.Labels), "answers.jsonl of the label store")],
        }));
        return result;
    }

    /// <summary>Where it did not answer, it was not right.</summary>
    private LanguageAnswers Taught() => new("teacher, as recorded", null, [.. data.RecordedOfTest.Select(said => said ?? "")],
        _answers.AreRight(data.RecordedOfTest), null);

    private LanguageAnswers Answers(ArmRole role, string name, string folder)
    {
        using var checkpoint = LanguageCheckpoint.Load(folder, shop.Device);
        using var timed = new TokenByToken(checkpoint.Model, data.ContextLength, shop.Device);
        var probe = new LatencyProbe(shop.Time);
        var facts = new ModelFacts(checkpoint.Model.Weights.Count, LanguageCheckpoint.Bytes(folder), probe.Latency(timed.Next));
        var said = _answers.Of(checkpoint.Model);
        var right = _answers.AreRight(said);
        arms.Add(role, right, arms.Time(checkpoint.Model, data));
        return new LanguageAnswers(name, null, said, right, facts, probe.ExamplesPerSecond(timed.Next));
    }
}
