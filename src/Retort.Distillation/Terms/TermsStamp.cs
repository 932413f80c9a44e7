using System.Text.Json;

namespace Retort.Terms;

/// <summary>What was known and said about a teacher's terms when a run began; it goes with labels, students and exports.</summary>
/// <param name="Teacher">Whom the policy is about.</param>
/// <param name="Verdict">allow, conditions, ask, or unknown.</param>
/// <param name="Clause">What the terms say.</param>
/// <param name="Read">The day they were read.</param>
/// <param name="Use">What the student is for.</param>
/// <param name="Permission">What the user says about it; empty = nothing.</param>
public sealed record TermsStamp(string Teacher, string Verdict, string Clause, string Read, string Use, string Permission)
{
    public const string FileName = "terms.json";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>One sentence, for provenance.json and the report.</summary>
    public string Sentence => $"{Teacher}: {Verdict}. {Clause}" + (Read.Length > 0 ? $" Read {Read}; no legal advice." : "")
        + $" Use: {Use}." + (Permission.Length > 0 ? $" Permission: {Permission}" : "");

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";
}
