using System.Text.Json;
using Retort.Server.Scheduling;

namespace Retort.Server.Replies;

/// <summary>Which of the two shapes of answers a path has, and what stands around each.</summary>
/// <param name="Id">Of the answer.</param>
/// <param name="Created">Seconds since 1970.</param>
/// <param name="Model">What clients call it.</param>
/// <param name="TellsTokens">Log-probabilities were asked for.</param>
internal abstract record AnswerShape(string Id, long Created, string Model, bool TellsTokens)
{
    protected abstract string WholeObject { get; }
    protected abstract string PartObject { get; }

    /// <summary>The reply to a request without a stream.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="choices">Whole answers, by their numbers.</param>
    /// <param name="usage">What it cost.</param>
    public void Whole(Utf8JsonWriter json, IEnumerable<Piece> choices, Usage usage)
    {
        Begin(json, WholeObject);
        foreach (var choice in choices)
        {
            json.WriteStartObject();
            json.WriteNumber("index", choice.Choice);
            Answer(json, choice);
            End(json, choice, TellsTokens);
        }
        json.WriteEndArray();
        usage.Write(json);
        json.WriteEndObject();
    }

    /// <summary>One event of a stream.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="piece">What is new; null = nothing: it is the event that says what all of it cost.</param>
    /// <param name="first">Nothing of this choice was told before.</param>
    /// <param name="usage">Null in all events but the last, and in that too unless it was asked for.</param>
    /// <param name="tellsUsage">It was asked for.</param>
    public void Part(Utf8JsonWriter json, Piece? piece, bool first, Usage? usage, bool tellsUsage)
    {
        Begin(json, PartObject);
        if (piece is not null)
        {
            json.WriteStartObject();
            json.WriteNumber("index", piece.Choice);
            Delta(json, piece, first);
            End(json, piece, TellsTokens && piece.Tokens.Count > 0);
        }
        json.WriteEndArray();
        if (usage is not null) usage.Write(json);
        else if (tellsUsage) json.WriteNull("usage");
        json.WriteEndObject();
    }

    /// <summary>The first event of a choice, before anything was said; null = there is none.</summary>
    public virtual Piece? Opening(int choice) => null;

    protected abstract void Answer(Utf8JsonWriter json, Piece choice);
    protected abstract void Delta(Utf8JsonWriter json, Piece piece, bool first);
    protected abstract void Tokens(Utf8JsonWriter json, Piece piece);

    private void Begin(Utf8JsonWriter json, string kind)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("object", kind);
        json.WriteNumber("created", Created);
        json.WriteString("model", Model);
        json.WriteStartArray("choices");
    }

    private void End(Utf8JsonWriter json, Piece piece, bool tellsTokens)
    {
        if (tellsTokens) Tokens(json, piece);
        else json.WriteNull("logprobs");
        json.WriteString("finish_reason", piece.Finish);
        json.WriteEndObject();
    }
}

/// <summary>Tokens that a request cost.</summary>
internal sealed record Usage(int Prompt, int Answer)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", Prompt);
        json.WriteNumber("completion_tokens", Answer);
        json.WriteNumber("total_tokens", Prompt + Answer);
        json.WriteEndObject();
    }
}
