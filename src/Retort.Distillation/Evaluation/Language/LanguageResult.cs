using Retort.Evaluation.Metrics;
using Retort.Judging.Arms;

namespace Retort.Evaluation.Language;

/// <summary>One language model on the test documents. What was not measured is null, and absent in eval.json.</summary>
public sealed record LanguageScore
{
    public required string Name { get; init; }

    /// <summary>Mean −ln p of a token that is to be said, nats; null, as the next three, of one that gives answers only.</summary>
    public double? Loss { get; init; }

    /// <summary>exp(loss).</summary>
    public double? Perplexity => Loss is { } loss ? Math.Exp(loss) : null;

    /// <summary>Share of tokens on which the likeliest is the true one.</summary>
    public double? TokenAccuracy { get; init; }

    /// <summary>Of the likeliest next token, 15 bins.</summary>
    public double? Ece { get; init; }

    /// <summary>Share of documents that are answered rightly, the likeliest token each time; null where the data cannot tell.</summary>
    public double? ExactMatch { get; init; }

    /// <summary>
    /// Share of tokens on which the likeliest is the teacher's; null for the teacher itself, and where it has other tokens.
    /// </summary>
    public double? Agreement { get; init; }

    /// <summary>KL(teacher ‖ model), nats a token.</summary>
    public double? KlFromTeacher { get; init; }

    /// <summary>What it loses by standing on its own words; null for the teacher itself.</summary>
    public ExposureBias? Exposure { get; init; }

    /// <summary>Latency is that of one more token of one answer; null of a teacher that stands elsewhere.</summary>
    public ModelFacts? Facts { get; init; }

    /// <summary>Of many answers side by side.</summary>
    public double? TokensPerSecond { get; init; }
}

/// <summary>What the three say to a prompt.</summary>
/// <param name="Prompt">What was asked.</param>
/// <param name="Expected">The answer in the data.</param>
/// <param name="Teacher">Its answer.</param>
/// <param name="Student">Its answer.</param>
/// <param name="Baseline">Its answer.</param>
public sealed record SideBySide(string Prompt, string Expected, string Teacher, string Student, string Baseline)
{
    /// <summary>Null where the data cannot tell.</summary>
    public bool? TeacherRight { get; init; }
    public bool? StudentRight { get; init; }
    public bool? BaselineRight { get; init; }
}

/// <summary>What an evaluation of language models found; <see cref="EvaluationJson"/> writes it as eval.json.</summary>
public sealed record LanguageResult : EvaluationOutcome
{
    /// <summary>Tokens that are to be said, in all test documents; null = they were not looked at, only answers.</summary>
    public long? Tokens { get; init; }
    public required LanguageScore Teacher { get; init; }
    public required LanguageScore Student { get; init; }
    public required LanguageScore Baseline { get; init; }

    /// <summary>The same student by other data: fixed, or a teacher's fresh answers; empty = there are none.</summary>
    public IReadOnlyList<LanguageScore> Controls { get; init; } = [];

    /// <summary>Exact match in each group of documents; null where there are none.</summary>
    public IReadOnlyList<GroupRow>? Groups { get; init; }

    /// <summary>Shares of pairs of answers whose preferred one is the likelier; null where there are no pairs.</summary>
    public GroupRow? Preferred { get; init; }

    /// <summary>Answers that differ, the first of them.</summary>
    public IReadOnlyList<SideBySide> Differing { get; init; } = [];

    /// <summary>Teacher, untuned, few-shot and distilled student on the same items; null = nobody asked them.</summary>
    public ArmsVerdict? Arms { get; init; }

    /// <summary>A <see cref="Verdict"/> by exact match where the data can tell, else a <see cref="LanguageVerdict"/>.</summary>
    public required Judgement Verdict { get; init; }

    public override Judgement Judgement => Verdict;
    public override ModelFacts StudentFacts => Student.Facts!;
}
