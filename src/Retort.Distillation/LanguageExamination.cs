using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Evaluation;
using Retort.Evaluation.Language;
using Retort.Evaluation.Metrics;
using Retort.Evaluation.Report;
using Retort.Labels;
using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Sources;
using Retort.Students;
using Retort.Tensors;

namespace Retort;

/// <summary>The eval stage of language models: three of them side by side on the test part, which is read here only.</summary>
internal sealed class LanguageExamination(Workshop shop, TextData data, string teacherFolder, Seed seed)
{
    private readonly TokenExamination _tokens = new(shop.Device);

    private readonly IReadOnlyList<TextDocument> _documents = data.Test.Documents;

    /// <summary>Of the first of the three: the student itself before its rounds, where its teacher only judges.</summary>
    public string TeacherName { get; init; } = "teacher";

    /// <summary>Students along rounds of judged answers; null = there were none.</summary>
    public JudgedComparison? Judged { get; init; }

    public EvaluationOutcome Run(CancellationToken cancellation)
    {
        using var apart = shop.Recipe.Teacher.HasOwnTokenizer ? SpanTeacher.Open(teacherFolder, data, shop.Device) : null;
        using var beside = apart is null ? TextTeacher.Open(teacherFolder, data, shop.Device) : null;
        var (teacher, its) = apart is null ? (beside!.Model, data) : (apart.Model, apart.Translated(data));
        using var student = LanguageCheckpoint.Load(shop.Run.Student, shop.Device);
        using var baseline = LanguageCheckpoint.Load(shop.Run.Baseline, shop.Device);
        var controls = Controls();
        using var loaded = new Loaded(controls);
        Gpt[] models = [teacher, student.Model, baseline.Model, .. controls.Select(control => control.Checkpoint.Model)];
        TokenScore[] Score(Gpt[] those, TextData texts) => apart is null
            ? _tokens.Scores(those, texts, cancellation)
            : [.. _tokens.Scores([teacher], apart.Translated(texts), cancellation), .. _tokens.Scores(those[1..], texts, cancellation)];
        double[] Losses(TextData texts) => [.. Score(models[..3], texts).Select(score => score.Losses.Sum() / score.Tokens.Sum())];
        double[] Shares(TextData texts) => [.. models[..3].Select((model, i) =>
            Said(model, i == 0 && apart is not null ? apart.Translated(texts) : texts, seed).Right.Average(right => right ? 1.0 : 0))];
        var scores = Score(models, data);
        var exposures = apart is null ? Exposures(models, cancellation) : new ExposureBias?[models.Length - 1];
        var result = LanguageEvaluator.Evaluate(new LanguageInput
        {
            Teacher = Answers(TeacherName, teacher, teacherFolder, scores[0], its),
            Student = Answers("student", student.Model, shop.Run.Student, scores[1], data) with { Exposure = exposures[0] },
            Baseline = Answers("baseline", baseline.Model, shop.Run.Baseline, scores[2], data) with { Exposure = exposures[1] },
            Controls = [.. controls.Select((control, i) => Answers(control.Name, models[i + 3], shop.Run.Control(control.Name),
                scores[i + 3], data) with { Exposure = exposures[i + 2] })],
            SharedTokens = apart is null,
            Documents = [.. _documents.Select(document => (Text(document.Prompt), Text(document.Answer)))],
            Groups = data.Test.Groups.Count > 0 ? [.. _documents.Select(document => document.Group)] : [],
            GroupNames = data.Test.Groups,
            Disturbed = data.Worse is { } worse ? [.. Disturbed(worse, data.Check is null ? Losses : Shares)] : null,
            Margin = shop.Recipe.Evaluation.Margin,
            Resamples = shop.Recipe.Evaluation.Resamples,
            Seed = new Seed(shop.Recipe.Seed).Derive("bootstrap").Value,
            Preferred = data.PairsOfTest.Count == 0 ? null : Preferred(Score, models, scores),
            Judged = Judged,
            Notes = shop.Record.Notes.Count == 0 ? null : shop.Record.Notes,
            Warnings = shop.Record.Warnings,
        });
        shop.Run.WriteText(shop.Run.EvalJson, EvaluationJson.Write(result));
        shop.Record.Update(provenance => provenance with
        {
            TeacherHash = LanguageCheckpoint.Hash(teacherFolder), StudentHash = LanguageCheckpoint.Hash(shop.Run.Student),
        });
        shop.Run.WriteText(shop.Run.ReportHtml, ReportHtml.Render(Report(result)));
        return result;
    }

    /// <summary>Shares of pairs whose preferred answer a model finds likelier than the other, token by token.</summary>
    private GroupRow Preferred(Func<Gpt[], TextData, TokenScore[]> score, Gpt[] models, TokenScore[] better)
    {
        TextDocument[] worse = [.. data.PairsOfTest.Select(pair => pair.Other)];
        var others = score(models[..3], data with { Test = data.Test with { Documents = worse } });
        double[] shares = [.. others.Select((other, model) => Enumerable.Range(0, data.PairsOfTest.Count).Average(pair =>
            better[model].Losses[pair] / better[model].Tokens[pair] < other.Losses[pair] / other.Tokens[pair] ? 1.0 : 0))];
        return new GroupRow("preferred answer likelier", data.PairsOfTest.Count, shares[0], shares[1], shares[2]);
    }

    /// <summary>Of each model but the first, which is the teacher.</summary>
    private ExposureBias?[] Exposures(Gpt[] models, CancellationToken cancellation)
    {
        var teachers = _tokens.Scores(models, Sampled(models[0]), cancellation);
        return [.. Enumerable.Range(1, models.Length - 1).Select(i => ExposureBias.Of(
            _tokens.Scores([models[0], models[i]], Sampled(models[i]), cancellation)[1].Divergences, teachers[i].Divergences))];
    }

    /// <summary>The test part's prompts, answered by draws at T = 1.</summary>
    private TextData Sampled(Gpt model)
    {
        var answers = new TextDocument[_documents.Count];
        var answering = new Answering(data, new Sampling(), seed.Derive("exposure"));
        foreach (var group in Answering.Groups(_documents))
            foreach (var (place, answer) in answering.Of(model, _documents, group, newTokens: data.LongestAnswerOfTest).Index())
                answers[group[place]] = ReplayBuffer.Answered("sampled answer", _documents[group[place]].Prompt, answer.Tokens);
        return data with { Test = data.Test with { Documents = answers } };
    }

    private List<(string Name, LanguageCheckpoint Checkpoint)> Controls() =>
        [.. OnPolicyControl.Names.Where(name => LanguageCheckpoint.Exists(shop.Run.Control(name)))
            .Select(name => (name, LanguageCheckpoint.Load(shop.Run.Control(name), shop.Device)))];

    private sealed class Loaded(List<(string Name, LanguageCheckpoint Checkpoint)> controls) : IDisposable
    {
        public void Dispose() => controls.ForEach(control => control.Checkpoint.Dispose());
    }

    private LanguageAnswers Answers(string name, Gpt model, string folder, TokenScore score, TextData texts)
    {
        var (answers, right) = Said(model, texts, seed);
        using var timed = new TokenByToken(model, texts.ContextLength, shop.Device);
        var probe = new LatencyProbe(shop.Time);
        var facts = new ModelFacts(model.Weights.Count, LanguageCheckpoint.Bytes(folder), probe.Latency(timed.Next));
        return new LanguageAnswers(name, score, answers, right, facts, probe.ExamplesPerSecond(timed.Next));
    }

    /// <summary>The likeliest answers to the test part's prompts, and which of them are right; none where the data cannot tell.</summary>
    private static (string[] Answers, bool[] Right) Said(Gpt model, TextData texts, Seed seed)
    {
        var right = new RightAnswers(texts, seed, texts.LongestAnswerOfTest);
        var answers = right.Of(model);
        return (answers, right.AreRight(answers));
    }

    /// <summary>
    /// Everyone reads the same worse texts: shares of right answers where the data can tell, else nats of a token that is to be said.
    /// Beside them the texts as they are.
    /// </summary>
    private IEnumerable<GroupRow> Disturbed(Func<Func<string, Seed, string>, Seed, IReadOnlyList<TextDocument>> worse,
        Func<TextData, double[]> figuresOf)
    {
        var own = new Seed(shop.Recipe.Seed).Derive("disturbance");
        foreach (var one in TextDisturbance.All.Prepend(new("as they are", (text, _) => text)))
        {
            var documents = worse(one.Apply, own.Derive(one.Name));
            if (documents.Count == 0) continue;
            var figures = figuresOf(data with { Test = data.Test with { Documents = documents } });
            yield return new GroupRow(one.Name, documents.Count, figures[0], figures[1], figures[2]);
        }
    }

    private string Text(IEnumerable<int> tokens) => new Answering(data, null, seed).TextOf(tokens);

    private ReportInput Report(LanguageResult result) => new()
    {
        Title = shop.Recipe.Name,
        Result = result,
        Formula = ObjectiveFormula.Describe(shop.Recipe),
        Curves = [.. LossCurves.Of(shop.Run.Events)],
        Warnings = shop.Record.Warnings,
        Provenance = [.. shop.Record.Provenance.Facts()],
        LabelBytes = [.. Stored()],
    };

    private IEnumerable<LabelBytes> Stored()
    {
        var labels = shop.Recipe.Labels;
        if (AnswerFile.Bytes(shop.Run.Labels) is > 0 and var bytes) yield return new("text", bytes, "answers.jsonl of the label store");
        if (!labels.StoresTokens) yield break;
        yield return new(labels.Kind == "hidden" ? "hidden states as f16"
            : labels.Draws > 0 ? $"sampled ({labels.Draws} draws)" : $"{labels.Codec} (kept: {labels.Keep})",
            shop.Run.LabelBytes, "files of the label store");
        yield return new("dense float32", data.Train.Targets * data.Tokenizer.Tokenizer.Size * sizeof(float), "for comparison");
    }
}
