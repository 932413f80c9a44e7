namespace Retort.Data.Traces;

/// <summary>What a teacher wrote, as the file has it.</summary>
/// <param name="Teacher">Its name; empty = the file does not say.</param>
/// <param name="Text">Thought and all.</param>
public sealed record TeacherText(string Teacher, string Text);
