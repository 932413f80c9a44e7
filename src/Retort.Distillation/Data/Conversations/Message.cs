namespace Retort.Data.Conversations;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">system, developer, user, assistant or tool.</param>
/// <param name="Content">Null only where an assistant calls tools and says nothing.</param>
public sealed record Message(string Role, string? Content)
{
    public const string System = "system", Developer = "developer", User = "user", Assistant = "assistant", Tool = "tool";

    /// <summary>0 = an assistant's turn that is read and not learnt; null = not given, which means 1.</summary>
    public double? Weight { get; init; }

    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>The call that a tool answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Of the speaker, where several share a role.</summary>
    public string? Name { get; init; }

    /// <summary>What a reasoning model thought before it spoke, where its endpoint gives it apart.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Whether it tells the model how to behave, whatever is asked.</summary>
    public bool IsInstruction => Role is System or Developer;

    /// <summary>All text in it, names of called tools and their arguments among it.</summary>
    public IEnumerable<string> Texts =>
        new[] { Reasoning, Content }.OfType<string>().Concat(ToolCalls.SelectMany(call => new[] { call.Name, call.Arguments }));
}
