namespace Retort.Data.Conversations;

/// <summary>A function that an assistant wants called.</summary>
/// <param name="Id">To which the tool's answer refers; may be empty in old data.</param>
/// <param name="Name">Of the function.</param>
/// <param name="Arguments">JSON as text, as the model wrote it; it may be damaged.</param>
public sealed record ToolCall(string Id, string Name, string Arguments);
