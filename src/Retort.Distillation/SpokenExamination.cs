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
/// plain texts, and where nobody can tell a right answer, also what student and baseline say about the data's own answers. The teacher's
/// size and speed, and what it thinks of each of those tokens, nobody knows: they are absent. Where one of the answers could not be
/// graded, the prompt is left out for all three.
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
        var teacher = new Said("teacher, as recorded", [.. data.RecordedOfTest.Select(said => said ?? "")], _answers.Judged(data.RecordedOfTest));
        cancellation.ThrowIfCancellationRequested();
        using var learnt = LanguageCheckpoint.Load(shop.Run.Student, shop.Device);
        using var alone = LanguageCheckpoint.Load(shop.Run.Baseline, shop.Device);
        var student = Answers(ArmRole.Student, "student", learnt.Model, shop.Run.Student);
        cancellation.ThrowIfCancellationRequested();
        var baseline = Answers(ArmRole.Baseline, "baseline", alone.Model, shop.Run.Baseline);
        cancellation.ThrowIfCancellationRequested();
        var verdict = data.Check is null ? null : AllArms(teacher, cancellation);
        int[] graded = [.. Enumerable.Range(0, _documents.Count)
            .Where(i => data.Check is null || ((Said[])[teacher, student, baseline]).All(one => one.Right[i] is not null))];
        if (graded.Length == 0)
            throw new RunFailedException("data.check", $"none of the answers could be graded: {data.Check!.Ungraded}.", "grades.", "mend the command.");
        if (graded.Length < _documents.Count)
            shop.Record.Warn($"{_documents.Count - graded.Length} of {_documents.Count} test prompts are left out for all three: an answer could not be graded ({data.Check!.Ungraded}).");
        var scores = data.Check is null || (data.RecordedFrom is null && graded.Length == _documents.Count)
            ? new TokenExamination(shop.Device).Scores([learnt.Model, alone.Model], data, cancellation)
            : new TokenScore?[2];
        var result = LanguageEvaluator.Evaluate(new LanguageInput
        {
            Teacher = teacher.Of(graded, null), Student = student.Of(graded, scores[0]), Baseline = baseline.Of(graded, scores[1]),
            SharedTokens = false,
            Documents = [.. graded.Select(i => (_answers.TextOf(_documents[i].Prompt), _answers.TextOf(_documents[i].Answer)))],
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

    /// <param name="Name">In tables.</param>
    /// <param name="Texts">[test] its answers.</param>
    /// <param name="Right">[test] null = it could not be found out; empty = the data cannot tell. Who did not answer was not right.</param>
    private sealed record Said(string Name, string[] Texts, bool?[] Right)
    {
        public ModelFacts? Facts { get; init; }
        public double? TokensPerSecond { get; init; }

        public LanguageAnswers Of(int[] documents, TokenScore? score) => new(Name, score, [.. documents.Select(i => Texts[i])],
            Right.Length == 0 ? [] : [.. documents.Select(i => Right[i] == true)], Facts, TokensPerSecond);
    }

    private ArmsVerdict AllArms(Said teacher, CancellationToken cancellation)
    {
        arms.Add(ArmRole.Teacher, teacher.Right, []);
        arms.AddUntuned(cancellation);
        return arms.Verdict(figures);
    }

    private Said Answers(ArmRole role, string name, Gpt model, string folder)
    {
        using var timed = new TokenByToken(model, data.ContextLength, shop.Device);
        var probe = new LatencyProbe(shop.Time);
        var facts = new ModelFacts(model.Weights.Count, LanguageCheckpoint.Bytes(folder), probe.Latency(timed.Next));
        var said = _answers.Of(model);
        var right = _answers.Judged(said);
        if (data.Check is not null) arms.Add(role, right, arms.Time(model, data));
        return new Said(name, said, right) { Facts = facts, TokensPerSecond = probe.ExamplesPerSecond(timed.Next) };
    }

    private IEnumerable<LabelBytes> Stored()
    {
        var labels = shop.Recipe.Labels;
        yield return new("text", AnswerFile.Bytes(shop.Run.Labels), "answers.jsonl of the label store");
        if (labels.StoresTokens)
            yield return new($"{labels.Codec} (kept: {labels.Keep} and what was said)", shop.Run.LabelBytes, "files of the label store");
    }
}
