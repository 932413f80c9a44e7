namespace Retort.Data.Conversations;

/// <summary>A row that was read and is not used, with why; nothing is left out without one.</summary>
/// <param name="File">Where it stands.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">In bytes, where the fault has one.</param>
/// <param name="Reason">Short, to be counted by: a constant here or of <see cref="Retort.Formats.Jsonl.JsonFault"/>.</param>
/// <param name="What">In a sentence.</param>
/// <param name="Text">The first part of the row where it is bad, so that it can be told; null where it is good and was not wanted.</param>
public sealed record SetAside(string File, long Line, long? Column, string Reason, string What, string? Text = null)
{
    public const string WrongShape = "wrong shape", AnotherShape = "another shape", ControlCharacter = "control character",
        TooLong = "too long", NotComparable = "not comparable";

    public const string Filtered = "filtered", OutOfTime = "outside the time", ExactDuplicate = "exact duplicate",
        NearDuplicate = "near duplicate", Leaked = "leaked";

    /// <summary>Whether the row was good and not wanted; others are bad, and <c>--max-bad</c> counts them.</summary>
    public bool IsChoice => Reason is Filtered or OutOfTime or ExactDuplicate or NearDuplicate or Leaked;
}
