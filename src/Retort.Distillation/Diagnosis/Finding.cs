namespace Retort.Diagnosis;

/// <summary>What a finding means for a run.</summary>
public enum Severity
{
    /// <summary>Nothing to do.</summary>
    Ok,

    /// <summary>A run works, and may not do what is hoped for.</summary>
    Warning,

    /// <summary>A run would stop, or teach something false.</summary>
    Error,
}

/// <summary>One line of a doctor's report.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Found">What was found, with numbers.</param>
/// <param name="Severity">What it means.</param>
/// <param name="Remedy">What to do; empty where nothing is to be done.</param>
public sealed record Finding(string Check, string Found, Severity Severity = Severity.Ok, string Remedy = "")
{
    /// <summary>A text in pieces, those that are learnt and those that are read only; empty = the finding shows none.</summary>
    public IReadOnlyList<(string Text, bool Learnt)> Mask { get; init; } = [];
}
