using System.Text.Json;
using Retort.Server.Scheduling;

namespace Retort.Server.Replies;

/// <summary>text_completion, whole and in events. Log-probabilities have the older form: lists side by side.</summary>
internal sealed record CompletionShape(string Id, long Created, string Model, bool TellsTokens)
    : AnswerShape(Id, Created, Model, TellsTokens)
{
    private readonly Dictionary<int, int> _offsets = [];

    protected override string WholeObject => "text_completion";
    protected override string PartObject => "text_completion";

    protected override void Answer(Utf8JsonWriter json, Piece choice) => json.WriteString("text", choice.Text);
    protected override void Delta(Utf8JsonWriter json, Piece piece, bool first) => json.WriteString("text", piece.Text);

    protected override void Tokens(Utf8JsonWriter json, Piece piece)
    {
        json.WriteStartObject("logprobs");
        json.WriteStartArray("tokens");
        foreach (var token in piece.Tokens) json.WriteStringValue(token.Text);
        json.WriteEndArray();
        json.WriteStartArray("token_logprobs");
        foreach (var token in piece.Tokens) json.WriteNumberValue(token.LogProbability);
        json.WriteEndArray();
        json.WriteStartArray("top_logprobs");
        foreach (var token in piece.Tokens)
        {
            json.WriteStartObject();
            // parts of characters look alike: the likeliest of them counts
            foreach (var likely in token.Likeliest.DistinctBy(one => one.Text)) json.WriteNumber(likely.Text, likely.LogProbability);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("text_offset");
        foreach (var token in piece.Tokens)
        {
            var offset = _offsets.GetValueOrDefault(piece.Choice);
            json.WriteNumberValue(offset);
            _offsets[piece.Choice] = offset + token.Text.Length;
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
