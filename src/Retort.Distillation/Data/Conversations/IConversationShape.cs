using System.Text.Json;
using Retort.Formats.Jsonl;

namespace Retort.Data.Conversations;

/// <summary>One way in which people write conversations into JSON objects.</summary>
public interface IConversationShape
{
    /// <summary>For people.</summary>
    string Name { get; }

    /// <summary>Whether an object looks like one of this shape, by its keys alone.</summary>
    bool Fits(JsonElement row);

    /// <returns>One, or one for each answer where a row has several.</returns>
    /// <exception cref="ConversationException">The row is not of this shape after all; what is wrong is named.</exception>
    IReadOnlyList<Conversation> Read(JsonlLine row);
}
