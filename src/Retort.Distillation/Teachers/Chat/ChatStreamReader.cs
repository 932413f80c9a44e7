using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace Retort.Teachers.Chat;

/// <summary>
/// Puts a reply together that comes in pieces (server-sent events). It is whole when [DONE] came or every answer said why it ended;
/// else it was cut, however politely the connection closed.
/// </summary>
internal sealed class ChatStreamReader
{
    private readonly SortedDictionary<int, Part> _parts = [];
    private string? _model;
    private ChatUsage? _usage;

    /// <param name="stream">The body of the response.</param>
    /// <param name="heard">Called with every event: the service is alive.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="ChatTroubleException">It was cut, is no JSON, or tells of an error.</exception>
    public static async Task<ChatReply> ReadAsync(Stream stream, Action heard, CancellationToken cancellation)
    {
        var reader = new ChatStreamReader();
        var done = false;
        try
        {
            await foreach (var piece in SseParser.Create(stream).EnumerateAsync(cancellation).ConfigureAwait(false))
            {
                heard();
                if (done = piece.Data.Trim() == "[DONE]") break;
                if (piece.Data.Length > 0) reader.Take(piece.Data);
            }
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw reader.Cut($"the stream broke off: {error.Message}", error);
        }
        if (reader._parts.Count == 0 || (!done && !reader._parts.Values.All(part => part.HasEnded)))
            throw reader.Cut("the stream ended before the answer did.", null);
        return new ChatReply(reader._model, [.. reader._parts.Values.Select(part => part.Answer())], reader._usage);
    }

    private void Take(string data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            var piece = document.RootElement;
            if (ChatFields.Member(piece, "error") is not null)
                throw Cut($"the stream tells of an error: {ChatFields.Error(piece)?.Message}", null);
            _model ??= ChatFields.Text(piece, "model");
            _usage = ChatFields.Usage(piece) ?? _usage;
            if (ChatFields.Member(piece, "choices") is not { ValueKind: JsonValueKind.Array } choices) return;
            var position = 0;
            foreach (var choice in choices.EnumerateArray())
            {
                var index = ChatFields.Index(choice, position++);
                if (!_parts.TryGetValue(index, out var part)) _parts[index] = part = new Part();
                part.Take(choice);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ChatTroubleException(ChatTrouble.Malformed, $"a piece of the stream is no JSON: {error.Message}", usage: _usage,
                mayBeBilled: true, inner: error);
        }
    }

    private ChatTroubleException Cut(string message, Exception? inner) =>
        new(ChatTrouble.Cut, message, usage: _usage, mayBeBilled: true, inner: inner);

    private sealed class Part
    {
        private readonly StringBuilder _text = new(), _reasoning = new(), _refusal = new();
        private FinishReason _finish;
        private List<TokenEntry>? _tokens;

        public bool HasEnded { get; private set; }

        public void Take(JsonElement choice)
        {
            var delta = ChatFields.Member(choice, "delta") ?? ChatFields.Member(choice, "message") ?? choice;
            _text.Append(ChatFields.Content(delta));
            _reasoning.Append(ChatFields.Reasoning(delta));
            _refusal.Append(ChatFields.Text(delta, "refusal"));
            if (ChatFields.Tokens(choice) is { } tokens) (_tokens ??= []).AddRange(tokens);
            if (!ChatFields.HasFinish(choice)) return;
            (HasEnded, _finish) = (true, ChatFields.Finish(choice));
        }

        public ChatAnswer Answer() => new(_text.ToString(), Given(_reasoning), _finish, _tokens, Given(_refusal));

        private static string? Given(StringBuilder text) => text.Length == 0 ? null : text.ToString();
    }
}
