using Retort.Evaluation.Metrics;
using Retort.Judging.Arms;

namespace Retort.Evaluation.Language;

/// <summary>One model: what it said about the tokens that are there, and what it answered.</summary>
/// <param name="Name">In tables.</param>
/// <param name="Tokens">Its score of the documents' tokens; null = it was asked for answers only.</param>
/// <param name="Answers">[documents] its answers; empty = it was not asked.</param>
/// <param name="Right">[documents] which are right; empty = the data cannot tell.</param>
/// <param name="Facts">Size and speed; null = nobody can tell.</param>
/// <param name="TokensPerSecond">Null = not measured.</param>
public sealed record LanguageAnswers(string Name, TokenScore? Tokens, IReadOnlyList<string> Answers, IReadOnlyList<bool> Right,
    ModelFacts? Facts, double? TokensPerSecond = null)
{
    /// <summary>Null for the teacher itself.</summary>
    public ExposureBias? Exposure { get; init; }
}

/// <summary>Everything that an evaluation of language models needs.</summary>
public sealed record LanguageInput
{
    public required LanguageAnswers Teacher { get; init; }
    public required LanguageAnswers Student { get; init; }

    /// <summary>The same student trained without the teacher: same initial weights, data and steps.</summary>
    public required LanguageAnswers Baseline { get; init; }

    /// <summary>The same student by other data; empty = there are none.</summary>
    public IReadOnlyList<LanguageAnswers> Controls { get; init; } = [];

    /// <summary>All read the same tokens, so that answers about each can be compared.</summary>
    public bool SharedTokens { get; init; } = true;

    /// <summary>[documents] what was asked, and the answer that stands in the data.</summary>
    public required IReadOnlyList<(string Prompt, string Expected)> Documents { get; init; }

    /// <summary>[documents] number of the group; empty = there are none.</summary>
    public IReadOnlyList<int> Groups { get; init; } = [];
    public IReadOnlyList<string> GroupNames { get; init; } = [];

    /// <summary>Shares of right answers to worse texts, or nats a token where the data cannot tell; null = not measured.</summary>
    public IReadOnlyList<GroupRow>? Disturbed { get; init; }

    /// <summary>Shares of pairs whose preferred answer is the likelier; null = there are no pairs.</summary>
    public GroupRow? Preferred { get; init; }

    /// <summary>All arms beside each other; null = there are no more than the three.</summary>
    public ArmsVerdict? Arms { get; init; }

    /// <summary>What may be lost: a share of right answers, or nats a token where the data cannot tell.</summary>
    public double Margin { get; init; } = 0.005;
    public int Resamples { get; init; } = 2000;
    public ulong Seed { get; init; }
    public IReadOnlyDictionary<string, string>? Notes { get; init; }
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Scores teacher, student and baseline on the same test documents, in double and without any disk.</summary>
public static class LanguageEvaluator
{
    private const int ShownAnswers = 24;

    public static LanguageResult Evaluate(LanguageInput input)
    {
        var tells = input.Student.Right.Count > 0;
        return new LanguageResult
        {
            Examples = input.Documents.Count,
            Tokens = (long?)input.Student.Tokens?.Tokens.Sum(),
            Teacher = Score(input.Teacher, compared: false),
            Student = Score(input.Student, input.SharedTokens),
            Baseline = Score(input.Baseline, input.SharedTokens),
            Controls = [.. input.Controls.Select(control => Score(control, input.SharedTokens))],
            Groups = tells && input.Groups.Count > 0 ? [.. Groups(input)] : null,
            Disturbed = input.Disturbed,
            Preferred = input.Preferred,
            Arms = input.Arms,
            Differing = [.. Differing(input).Take(ShownAnswers)],
            Verdict = tells
                ? Verdict.Of(Column(input.Teacher), Column(input.Student), Column(input.Baseline), input.Margin, input.Resamples,
                    input.Seed)
                : LanguageVerdict.Of(input.Teacher.Tokens, input.Student.Tokens!, input.Baseline.Tokens!, input.Margin, input.Resamples,
                    input.Seed),
            Notes = input.Notes,
            Warnings = input.Warnings,
        };
    }

    private static LanguageScore Score(LanguageAnswers model, bool compared)
    {
        var (score, tokens) = (model.Tokens, model.Tokens?.Tokens.Sum());
        return new LanguageScore
        {
            Name = model.Name,
            Loss = score?.Losses.Sum() / tokens,
            TokenAccuracy = score?.Hits.Sum() / tokens,
            Ece = score?.CalibrationError,
            ExactMatch = model.Right.Count > 0 ? Column(model).Average() : null,
            Agreement = compared ? score?.Agreed.Sum() / tokens : null,
            KlFromTeacher = compared ? score?.Divergences.Sum() / tokens : null,
            Exposure = model.Exposure,
            Facts = model.Facts,
            TokensPerSecond = model.TokensPerSecond,
        };
    }

    private static IEnumerable<GroupRow> Groups(LanguageInput input)
    {
        for (var group = 0; group < input.GroupNames.Count; group++)
        {
            int[] own = [.. Enumerable.Range(0, input.Groups.Count).Where(i => input.Groups[i] == group)];
            double? Share(LanguageAnswers model) => own.Length == 0 ? null : own.Average(i => model.Right[i] ? 1.0 : 0);
            yield return new GroupRow(input.GroupNames[group], own.Length, Share(input.Teacher), Share(input.Student),
                Share(input.Baseline));
        }
    }

    private static IEnumerable<SideBySide> Differing(LanguageInput input)
    {
        for (var i = 0; i < input.Student.Answers.Count; i++)
        {
            if (input.Student.Answers[i] == input.Teacher.Answers[i]) continue;
            bool? Right(LanguageAnswers model) => model.Right.Count > 0 ? model.Right[i] : null;
            yield return new SideBySide(input.Documents[i].Prompt, input.Documents[i].Expected, input.Teacher.Answers[i],
                input.Student.Answers[i], input.Baseline.Answers[i])
            {
                TeacherRight = Right(input.Teacher), StudentRight = Right(input.Student), BaselineRight = Right(input.Baseline),
            };
        }
    }

    private static double[] Column(LanguageAnswers model) => [.. model.Right.Select(right => right ? 1.0 : 0)];
}
