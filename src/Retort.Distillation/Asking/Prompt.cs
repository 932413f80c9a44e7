using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>A question from somebody's file.</summary>
/// <param name="Id">As the file has it, else the number of its line.</param>
/// <param name="Messages">What is asked.</param>
public sealed record Prompt(string Id, IReadOnlyList<ChatMessage> Messages);
