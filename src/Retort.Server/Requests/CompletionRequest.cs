using System.Text.Json;

namespace Retort.Server.Requests;

/// <summary>The body of POST /v1/completions.</summary>
/// <param name="Prompts">Each is gone on with.</param>
/// <param name="Wish">How.</param>
internal sealed record CompletionRequest(IReadOnlyList<TextInput> Prompts, AnswerWish Wish)
{
    public const string Field = "prompt";

    /// <summary>Tokens of an answer whose request does not say, as at OpenAI.</summary>
    public const int UsualNewTokens = 16;

    private const int MostLikeliest = 20;

    public static readonly string[] Known = [.. AnswerWish.Known, Field, "echo", "suffix", "best_of"];

    public static CompletionRequest Read(RequestFields fields)
    {
        fields.Refuse("echo", value => value.ValueKind == JsonValueKind.False, "the prompt is not said again.");
        fields.Refuse("suffix", value => RequestFields.Is(value, ""), "texts are gone on with, not filled.");
        var wish = AnswerWish.Read(fields, ["max_tokens"]);
        if (fields.Whole("best_of", 1, int.MaxValue) is { } best && best != wish.Answers)
            throw ApiError.Invalid("best_of", $"'best_of' is {best} and 'n' {wish.Answers}; expected equal numbers: nothing is chosen here.");
        var likeliest = fields.Whole("logprobs", 0, MostLikeliest);
        return new CompletionRequest(TextInput.Read(fields, Field), wish with
        {
            TellsTokens = likeliest is not null, Likeliest = (int)(likeliest ?? 0),
        });
    }
}
