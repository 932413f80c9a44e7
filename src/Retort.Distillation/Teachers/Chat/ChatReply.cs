namespace Retort.Teachers.Chat;

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The service did not say, or said a word that nobody knows.</summary>
    Unknown,
    Stop,

    /// <summary>The limit of tokens cut it.</summary>
    Length,
    ContentFilter,
    ToolCalls,
}

/// <summary>What a reply cost, in tokens, as the service counted.</summary>
/// <param name="Input">Of the prompt, the cached ones included.</param>
/// <param name="Output">Of the answers, reasoning included.</param>
/// <param name="CachedInput">Of the prompt, charged less.</param>
/// <param name="Reasoning">Of the answers, not shown as text.</param>
public sealed record ChatUsage(long Input, long Output, long CachedInput = 0, long Reasoning = 0);

/// <summary>A token and its log-probability under the teacher.</summary>
/// <param name="Text">As the service spells it; empty or a replacement character where the token is no whole text.</param>
/// <param name="Id">In the teacher's vocabulary, where the service says; what to align by.</param>
/// <param name="Bytes">UTF-8, where the service says; several alternatives may share a text and differ in these.</param>
/// <param name="LogProbability">Natural logarithm.</param>
public sealed record TokenChoice(string Text, int? Id, IReadOnlyList<byte>? Bytes, double LogProbability);

/// <summary>One position of an answer. A token inside a character may have no entry: align by id or bytes, never by index.</summary>
/// <param name="Chosen">What was answered; need not be among <paramref name="Top"/>.</param>
/// <param name="Top">The likeliest, in the service's order.</param>
public sealed record TokenEntry(TokenChoice Chosen, IReadOnlyList<TokenChoice> Top);

/// <param name="Text">The answer; may be empty.</param>
/// <param name="Reasoning">What the teacher thought before it, where the service gives that apart.</param>
/// <param name="Finish">Why it ended.</param>
/// <param name="Tokens">Log-probabilities; null where the service gave none.</param>
/// <param name="Refusal">What the service says instead of an answer.</param>
public sealed record ChatAnswer(string Text, string? Reasoning = null, FinishReason Finish = FinishReason.Unknown,
    IReadOnlyList<TokenEntry>? Tokens = null, string? Refusal = null);

/// <param name="Model">Who answered, by the service's own word.</param>
/// <param name="Answers">By index; at least one.</param>
/// <param name="Usage">Null where the service gave none, or one that cannot be.</param>
public sealed record ChatReply(string? Model, IReadOnlyList<ChatAnswer> Answers, ChatUsage? Usage)
{
    /// <summary>The limits that the reply's headers told of; they are not kept.</summary>
    public RateLimits? Limits { get; init; }

    /// <summary>From the request to the whole answer, as it was measured here; null = it was not.</summary>
    public TimeSpan? Took { get; init; }
}

/// <param name="RequestsPerMinute">Null = not told.</param>
/// <param name="TokensPerMinute">Null = not told.</param>
public sealed record RateLimits(double? RequestsPerMinute, double? TokensPerMinute);
