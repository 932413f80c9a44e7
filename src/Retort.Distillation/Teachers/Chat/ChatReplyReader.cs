using System.Text.Json;

namespace Retort.Teachers.Chat;

/// <summary>
/// Reads a reply that came whole, tolerant of what services leave out and add; also what <see cref="ChatReplyWriter"/> wrote.
/// </summary>
internal static class ChatReplyReader
{
    /// <exception cref="ChatTroubleException">It is no JSON, an error in the clothes of a reply, or has no answer.</exception>
    public static ChatReply Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return Read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException) // the latter: half of a surrogate pair
        {
            throw new ChatTroubleException(ChatTrouble.Malformed, $"the reply is no JSON: {error.Message}", mayBeBilled: true, inner: error);
        }
    }

    private static ChatReply Read(JsonElement reply)
    {
        if (ChatFields.Member(reply, "choices") is not { ValueKind: JsonValueKind.Array } choices || choices.GetArrayLength() == 0)
            throw new ChatTroubleException(ChatTrouble.Malformed, ChatFields.Error(reply) is { } error
                ? $"the reply is an error: {error.Message}" : "the reply has no choices.", mayBeBilled: true);
        var answers = new SortedDictionary<int, ChatAnswer>();
        foreach (var choice in choices.EnumerateArray())
            answers.TryAdd(ChatFields.Index(choice, answers.Count), Answer(choice)); // an index that comes twice: the first counts
        return new ChatReply(ChatFields.Text(reply, "model"), [.. answers.Values], ChatFields.Usage(reply))
        {
            Took = ChatFields.Member(reply, ChatReplyWriter.TookField) is { ValueKind: JsonValueKind.Number } took
                && took.TryGetDouble(out var milliseconds) && milliseconds is >= 0 and < 1e9
                    ? TimeSpan.FromMilliseconds(milliseconds) : null,
        };
    }

    private static ChatAnswer Answer(JsonElement choice)
    {
        var message = ChatFields.Member(choice, "message") ?? choice;
        return new ChatAnswer(ChatFields.Content(message) ?? ChatFields.Text(choice, "text") ?? "", ChatFields.Reasoning(message),
            ChatFields.Finish(choice), ChatFields.Tokens(choice), ChatFields.Text(message, "refusal"));
    }
}
