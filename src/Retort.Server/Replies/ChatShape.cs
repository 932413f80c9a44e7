using System.Text.Json;
using Retort.Server.Scheduling;

namespace Retort.Server.Replies;

/// <summary>chat.completion and chat.completion.chunk.</summary>
internal sealed record ChatShape(string Id, long Created, string Model, bool TellsTokens) : AnswerShape(Id, Created, Model, TellsTokens)
{
    protected override string WholeObject => "chat.completion";
    protected override string PartObject => "chat.completion.chunk";

    public override Piece Opening(int choice) => new(choice, "", [], null);

    protected override void Answer(Utf8JsonWriter json, Piece choice)
    {
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", choice.Text);
        json.WriteNull("refusal");
        json.WriteEndObject();
    }

    protected override void Delta(Utf8JsonWriter json, Piece piece, bool first)
    {
        json.WriteStartObject("delta");
        if (first) json.WriteString("role", "assistant");
        if (first || piece.Text.Length > 0) json.WriteString("content", piece.Text);
        if (first) json.WriteNull("refusal");
        json.WriteEndObject();
    }

    protected override void Tokens(Utf8JsonWriter json, Piece piece)
    {
        json.WriteStartObject("logprobs");
        json.WriteStartArray("content");
        foreach (var token in piece.Tokens)
        {
            json.WriteStartObject();
            One(json, token);
            json.WriteStartArray("top_logprobs");
            foreach (var likely in token.Likeliest)
            {
                json.WriteStartObject();
                One(json, likely);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNull("refusal");
        json.WriteEndObject();
    }

    private static void One(Utf8JsonWriter json, SaidToken token)
    {
        json.WriteNumber("id", token.Id); // beside OpenAI's: several tokens may say the same bytes
        json.WriteString("token", token.Text);
        json.WriteNumber("logprob", token.LogProbability);
        json.WriteStartArray("bytes");
        foreach (var value in token.Bytes) json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
