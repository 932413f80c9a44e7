namespace Retort.Data.Traces;

/// <summary>What a teacher wrote about a prompt, as the student is to write it.</summary>
/// <param name="Text">All of it.</param>
/// <param name="Final">What is held against the right answer.</param>
/// <param name="Teacher">Its name; empty = there is one.</param>
public sealed record RecordedText(string Text, string Final, string Teacher = "");
