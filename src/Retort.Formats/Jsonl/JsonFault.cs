namespace Retort.Formats.Jsonl;

/// <summary>Why a line holds no value that may be used.</summary>
/// <param name="Kind">One of the constants of this type, to be counted by.</param>
/// <param name="Column">Where it shows, in bytes from 1.</param>
/// <param name="What">In a sentence, which quotes nothing of the line but the name of a key.</param>
/// <param name="Excerpt">The first part of the line, with what is no text shown as U+FFFD.</param>
public sealed record JsonFault(string Kind, long Column, string What, string Excerpt)
{
    public const string Malformed = "malformed JSON", DuplicateKey = "duplicate key", Encoding = "not UTF-8", TooLong = "line too long";
}
