using System.Text.Json;

namespace Retort.Data.Conversations;

/// <summary>What was asked and answered, whatever shape its file had.</summary>
/// <param name="Place">file:line, for errors.</param>
/// <param name="Messages">At least one. Without an assistant's at the end it is a prompt.</param>
public sealed record Conversation(string Place, IReadOnlyList<Message> Messages)
{
    /// <summary>As its file gives it.</summary>
    public string? Id { get; init; }

    /// <summary>Definitions of functions, a JSON list; null = none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Every other key of the row, <c>metadata</c> and <c>grade</c> among them.</summary>
    public IReadOnlyDictionary<string, JsonElement> Fields { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The better of two answers to <see cref="Messages"/>; null = it is no pair.</summary>
    public Message? Preferred { get; init; }

    /// <summary>The worse of two answers.</summary>
    public Message? NonPreferred { get; init; }

    /// <summary>Whether the answer was found good; null = nobody said.</summary>
    public bool? Label { get; init; }

    /// <summary>When it was said; null = not known.</summary>
    public DateTimeOffset? Time { get; init; }

    public bool IsPair => Preferred is not null;

    /// <summary>All turns, those of a pair at the end.</summary>
    public IEnumerable<Message> AllMessages => Messages.Concat(new[] { Preferred, NonPreferred }.OfType<Message>());

    /// <summary>What stands before the last answer.</summary>
    public IEnumerable<Message> Prompt => IsPair || Messages[^1].Role != Message.Assistant ? Messages : Messages.SkipLast(1);

    /// <summary>The last answer, of a pair the better one; null = it is a prompt.</summary>
    public Message? Answer => Preferred ?? (Messages[^1].Role == Message.Assistant ? Messages[^1] : null);
}
