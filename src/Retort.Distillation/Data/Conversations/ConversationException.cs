using Retort.Tensors;

namespace Retort.Data.Conversations;

/// <summary>One row is not what it should be; it is set aside and the others are read.</summary>
/// <param name="reason">A constant of <see cref="SetAside"/>, to be counted by.</param>
/// <param name="location">file:line.</param>
/// <param name="what">In a sentence; it quotes keys and roles, never what was said.</param>
/// <param name="expected">What was expected.</param>
public sealed class ConversationException(string reason, string location, string what, string expected = "")
    : RetortException(location, what, expected, "correct the line, or remove it.")
{
    public string Reason { get; } = reason;
}
