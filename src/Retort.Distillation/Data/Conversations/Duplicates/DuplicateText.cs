using System.Security.Cryptography;
using System.Text.Json;

namespace Retort.Data.Conversations.Duplicates;

/// <summary>
/// What of a conversation is compared. Instructions of system and developer are left out of what is only alike: a long one that all share
/// would make everything alike.
/// </summary>
public static class DuplicateText
{
    /// <summary>What was asked: if it stands in two parts, one of them knows the other's question.</summary>
    public static uint[] Prompt(Conversation conversation) => Shingles.Of(Joined(conversation.Prompt));

    /// <summary>Everything that was said.</summary>
    public static uint[] Whole(Conversation conversation) => Shingles.Of(Joined(conversation.AllMessages));

    /// <summary>SHA-256 of messages, tools and label: equal for two rows that say the same, whatever else they hold.</summary>
    public static string Exact(Conversation conversation)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            ConversationJson.Write(json, conversation with { Id = null, Fields = new Dictionary<string, JsonElement>() });
            json.WriteEndObject();
        }
        return Convert.ToHexStringLower(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }

    private static string Joined(IEnumerable<Message> messages) =>
        string.Join('\n', messages.Where(message => !message.IsInstruction).SelectMany(message => message.Texts));
}
