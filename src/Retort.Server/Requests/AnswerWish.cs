using System.Text.Json;
using Retort.Nn.Generation;
using Retort.Tensors;

namespace Retort.Server.Requests;

/// <summary>How an answer is to be made: what chat and completion requests have in common.</summary>
internal sealed record AnswerWish
{
    private const int MostAnswers = 64, MostStops = 16;

    // Logits divided by less leave the range of float32: the likeliest token is what is meant.
    private const double LeastTemperature = 1e-4;

    public static readonly string[] Known =
    [
        "model", "temperature", "top_p", "top_k", "min_p", "repetition_penalty", "n", "max_tokens", "stop", "seed", "stream",
        "stream_options", "logprobs", "frequency_penalty", "presence_penalty", "logit_bias",
    ];

    public required Sampling? Sampling { get; init; }

    /// <summary>Answers to each prompt.</summary>
    public int Answers { get; init; }

    /// <summary>Null = the request does not say.</summary>
    public int? NewTokens { get; init; }

    /// <summary>The field that said it.</summary>
    public string NewTokensField { get; init; } = "max_tokens";

    public IReadOnlyList<string> Stops { get; init; } = [];

    /// <summary>Null = the server's own.</summary>
    public Seed? Seed { get; init; }

    public bool Stream { get; init; }

    /// <summary>The last event of a stream says what it cost.</summary>
    public bool StreamsUsage { get; init; }

    /// <summary>Log-probabilities are told.</summary>
    public bool TellsTokens { get; init; }

    /// <summary>Of so many likeliest tokens in each place.</summary>
    public int Likeliest { get; init; }

    public static AnswerWish Read(RequestFields fields, string[] limits)
    {
        RefuseWhatIsNotBuilt(fields);
        var limit = limits.FirstOrDefault(name => fields.TryGet(name, out _));
        var usage = fields.TryGet("stream_options", out var options) && ReadsUsage(options);
        var stops = fields.Texts("stop");
        if (stops.Count > MostStops) throw ApiError.Invalid("stop", $"'stop' has {stops.Count} strings; expected at most {MostStops}.");
        if (stops.Contains("")) throw ApiError.Invalid("stop", "'stop' has an empty string, which is everywhere.");
        return new AnswerWish
        {
            Sampling = ReadSampling(fields), Answers = (int)(fields.Whole("n", 1, MostAnswers) ?? 1), Stops = stops,
            NewTokens = limit is null ? null : (int?)fields.Whole(limit, 1, int.MaxValue), NewTokensField = limit ?? "max_tokens",
            Seed = fields.Whole("seed", long.MinValue, long.MaxValue) is { } seed ? new Seed((ulong)seed) : null,
            Stream = fields.Flag("stream"), StreamsUsage = usage,
        };
    }

    /// <summary>Most tokens of an answer to a prompt of this length.</summary>
    /// <param name="promptField">The field that the prompt came in.</param>
    /// <param name="prompt">Its tokens.</param>
    /// <param name="context">Tokens that the model can see.</param>
    /// <param name="usual">Where the request does not say.</param>
    /// <exception cref="ApiError">They do not fit the context; nothing is cut silently.</exception>
    public int NewTokensAfter(string promptField, int prompt, int context, int usual)
    {
        if (prompt >= context)
            throw ApiError.TooLong(promptField, $"the prompt has {prompt} tokens, and the model's context is {context} tokens: at most "
                + $"{context - 1} leave room for an answer. Nothing is cut silently.");
        if (NewTokens is { } wished && (long)prompt + wished > context)
            throw ApiError.TooLong(NewTokensField, $"the prompt has {prompt} tokens and {NewTokensField} is {wished}, together "
                + $"{(long)prompt + wished}; the model's context is {context} tokens.");
        return NewTokens ?? Math.Min(usual, context - prompt);
    }

    /// <summary>0 takes the likeliest token; without a word the model's own probabilities count, as at OpenAI.</summary>
    private static Sampling? ReadSampling(RequestFields fields)
    {
        var temperature = fields.Number("temperature", 0, 2) ?? 1;
        var share = fields.Number("top_p", 0, 1) ?? 1;
        var sampling = new Sampling
        {
            TopK = (int)(fields.Whole("top_k", 0, int.MaxValue) ?? 0), MinP = fields.Number("min_p", 0, 1) ?? 0,
            RepetitionPenalty = fields.Number("repetition_penalty", 0.01, 100) ?? 1,
        };
        if (temperature >= LeastTemperature && share > 0) return sampling with { Temperature = temperature, TopP = share };
        return sampling.RepetitionPenalty == 1 ? null : new Sampling { RepetitionPenalty = sampling.RepetitionPenalty, TopK = 1 };
    }

    private static bool ReadsUsage(JsonElement options)
    {
        if (options.ValueKind != JsonValueKind.Object) throw RequestFields.Wrong("stream_options", options, "an object");
        return options.TryGetProperty("include_usage", out var usage) && usage.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            _ => throw RequestFields.Wrong("stream_options.include_usage", usage, "true or false"),
        };
    }

    private static void RefuseWhatIsNotBuilt(RequestFields fields)
    {
        foreach (var name in (string[])["frequency_penalty", "presence_penalty"])
        {
            _ = fields.Number(name, -2, 2);
            fields.Refuse(name, value => value.GetDouble() == 0, "use repetition_penalty.");
        }
        fields.Refuse("logit_bias", value => value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any(),
            "no token's logit is moved here.");
    }
}
