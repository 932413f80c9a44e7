namespace Retort.Terms;

/// <summary>What a maker of teachers allows to be done with their answers.</summary>
/// <param name="Teacher">Who it is.</param>
/// <param name="Match">Hosts, models, licences; a star at the end stands for anything.</param>
/// <param name="Verdict"><c>allow</c>, <c>conditions</c>, <c>ask</c> or <c>deny</c>.</param>
/// <param name="Clause">What the terms say, in a sentence.</param>
/// <param name="Url">Where they stand.</param>
/// <param name="Read">The day they were read.</param>
/// <param name="Uses">conditions: what a student may be for.</param>
/// <param name="Students">conditions: what a student may be.</param>
public sealed record TeacherPolicy(string Teacher, IReadOnlyList<string> Match, string Verdict, string Clause, string Url, string Read,
    IReadOnlyList<string>? Uses = null, IReadOnlyList<string>? Students = null)
{
    /// <param name="name">A host, a model or a licence.</param>
    public bool Covers(string name) => Match.Any(pattern => Fits(pattern, name.Trim().ToLowerInvariant()));

    private static bool Fits(string pattern, string name)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0 ? name == pattern
            : name.Length >= pattern.Length - 1 && name.StartsWith(pattern[..star], StringComparison.Ordinal)
              && name.EndsWith(pattern[(star + 1)..], StringComparison.Ordinal);
    }
}
