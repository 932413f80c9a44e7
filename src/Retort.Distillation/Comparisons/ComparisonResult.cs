using Retort.Evaluation;

namespace Retort.Comparisons;

/// <summary>A contender and what it came to with each seed.</summary>
public sealed record ComparisonRow(Contender Contender, IReadOnlyList<SeedOutcome> Outcomes)
{
    public string Name => Contender.Name;
    public IReadOnlyList<double> Accuracies => [.. Outcomes.Select(outcome => outcome.Accuracy)];
    public double Accuracy => Accuracies.Average();
    public double Agreement => Outcomes.Average(outcome => outcome.Agreement);

    /// <summary>Agreement with a teacher that did not teach it; null when there is none.</summary>
    public double? Elsewhere =>
        Outcomes.All(outcome => outcome.Elsewhere is not null) ? Outcomes.Average(outcome => outcome.Elsewhere!.Value) : null;
    public double WorstClass => Outcomes.Average(outcome => outcome.WorstClass);
    public double Lost => Outcomes.Average(outcome => outcome.Lost);
    public double Gained => Outcomes.Average(outcome => outcome.Gained);

    /// <summary>Mean of accuracy differences, seed by seed, with a 95 % interval where there are seeds enough.</summary>
    public (double Mean, Interval? Interval) Against(ComparisonRow other) => PairedSeeds.Difference(Accuracies, other.Accuracies);
}

/// <summary>What came of a comparison.</summary>
/// <param name="Recipe">Its name.</param>
/// <param name="Plain">T and hardWeight of plain distillation and of all that have them.</param>
/// <param name="Tuned">They were chosen on validation here.</param>
/// <param name="TeacherAccuracies">By seed.</param>
/// <param name="Rows">No teacher first, then plain distillation, the recipe's own objective, controls, methods.</param>
public sealed record ComparisonResult(string Recipe, PlainSettings Plain, bool Tuned, IReadOnlyList<double> TeacherAccuracies,
    IReadOnlyList<ComparisonRow> Rows)
{
    public int Seeds => TeacherAccuracies.Count;
    public ComparisonRow Alone => Rows.First(row => row.Contender.Role == Role.Alone);
    public ComparisonRow PlainRow => Rows.First(row => row.Contender.Role == Role.Plain);

    /// <summary>Mean ranks in the order of the rows; 1 is best.</summary>
    public double[] MeanRanks => CriticalDifference.MeanRanks([.. Rows.Select(row => row.Accuracies)]);
    public double CriticalDistance => CriticalDifference.Of(Rows.Count, Seeds);

    /// <summary>Against plain distillation: better, worse, or inside the noise.</summary>
    public string AgainstPlain(ComparisonRow row) => ReferenceEquals(row, PlainRow) ? "" : Word(row.Against(PlainRow).Interval);

    /// <summary>
    /// Whether a gain over no teacher may be called knowledge of the teacher: it must be above zero, and above that of every control.
    /// </summary>
    public string Credit(ComparisonRow row)
    {
        if (row.Contender.Role is Role.Alone or Role.Control) return "";
        if (Seeds < 2) return "one seed: unknown";
        if (row.Against(Alone).Interval is not { Low: > 0 }) return "no gain over no teacher";
        var control = Rows.Where(other => other.Contender.Role == Role.Control)
            .FirstOrDefault(other => row.Against(other).Interval is not { Low: > 0 });
        return control is null ? "gain over no teacher and controls" : $"{control.Name} gains as much";
    }

    /// <summary>What follows, in sentences.</summary>
    public IReadOnlyList<string> Advice()
    {
        List<string> advice = [];
        if (Seeds < 2) return ["One seed shows no noise: repeat with --seeds 5 before anything is concluded."];
        var better = Rows.Where(row => row.Contender.Role is Role.Method or Role.Written && AgainstPlain(row) == "better")
            .OrderByDescending(row => row.Accuracy).ToList();
        var settings = FormattableString.Invariant($"T = {Plain.Temperature}, hardWeight = {Plain.HardWeight}");
        advice.Add(better.Count > 0
            ? $"Use {better[0].Name}: it beats plain distillation ({settings}) beyond the noise of {Seeds} seeds."
            : $"Use plain distillation ({settings}): no method beats it beyond the noise of {Seeds} seeds.");
        if (Word(PlainRow.Against(Alone).Interval) is var word and not "better")
            advice.Add($"Plain distillation against no teacher: {word}. Look for a better teacher, more unlabelled data or a smaller student.");
        var compared = Rows.Count(row => row.Contender.Role is Role.Method or Role.Written);
        if (better.Count > 0 && compared > 1)
            advice.Add($"{better.Count} of {compared} look better than plain distillation, each at 95 %: by chance alone one in forty would; trust the picture of ranks more than a single row.");
        return advice;
    }

    private static string Word(Interval? interval) => interval switch
    {
        { Low: > 0 } => "better",
        { High: < 0 } => "worse",
        { } => "inside the noise",
        null => "one seed: unknown",
    };
}
