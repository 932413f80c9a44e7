using System.Globalization;

namespace Retort.Evaluation.Language;

/// <summary>How often a judge finds the answers of one student better than those of another to the same prompts, ties as halves.</summary>
/// <param name="Student">Whose answers.</param>
/// <param name="Against">The other's.</param>
/// <param name="Share">Mean over prompts of the mean over their answers.</param>
/// <param name="Interval">95 %, a bootstrap over prompts: answers to one prompt belong together.</param>
/// <param name="Prompts">With a judgement at least.</param>
public sealed record WinRate(string Student, string Against, double Share, Interval Interval, int Prompts)
{
    public int Won { get; init; }
    public int Tied { get; init; }
    public int Lost { get; init; }

    /// <summary>Pairs about which the judge said nothing.</summary>
    public int Ungraded { get; init; }

    /// <param name="student">Whose answers.</param>
    /// <param name="against">The other's.</param>
    /// <param name="outcomes">[prompts][answers] 1 = the student's is better, 0 = the other's, a half = a tie; null = not judged.</param>
    /// <param name="resamples">Of the bootstrap.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <returns>Null where nothing was judged.</returns>
    public static WinRate? Of(string student, string against, IReadOnlyList<IReadOnlyList<double?>> outcomes, int resamples, ulong seed)
    {
        double[] means = [.. outcomes.Select(answers => answers.OfType<double>().ToArray()).Where(known => known.Length > 0)
            .Select(known => known.Average())];
        if (means.Length == 0) return null;
        double?[] all = [.. outcomes.SelectMany(answers => answers)];
        var interval = PairedBootstrap.Percentile(new PairedBootstrap(resamples, seed).Means(means).Select(mean => mean[0]))!.Value;
        return new WinRate(student, against, means.Average(), interval, means.Length)
        {
            Won = all.Count(outcome => outcome > 0.5), Tied = all.Count(outcome => outcome == 0.5),
            Lost = all.Count(outcome => outcome < 0.5), Ungraded = all.Count(outcome => outcome is null),
        };
    }

    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"{Student} against {Against}: {100 * Share:0.0} % [{100 * Interval.Low:0.0}, {100 * Interval.High:0.0}] of {Prompts} prompts; {Won} won, {Tied} tied, {Lost} lost")
        + (Ungraded > 0 ? $", {Ungraded} not judged" : "");
}

/// <summary>A student's answers to the held-out prompts.</summary>
/// <param name="Name">Which student.</param>
/// <param name="Right">Share that the data's check finds right; null where it cannot tell.</param>
/// <param name="Distinct">Different pairs of words by all of them.</param>
/// <param name="SelfBleu">How like the answers to one prompt are; null with one answer to each.</param>
public sealed record JudgedStudent(string Name, double? Right, double Distinct, double? SelfBleu);

/// <summary>Students along rounds of judged answers.</summary>
/// <param name="Judge">Who judged.</param>
/// <param name="Students">In the order of the rounds.</param>
/// <param name="WinRates">Of each against the one before the rounds, and of the last against the one that had no teacher.</param>
public sealed record JudgedComparison(string Judge, IReadOnlyList<JudgedStudent> Students, IReadOnlyList<WinRate> WinRates);
