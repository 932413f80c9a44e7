using Retort.Tensors;

namespace Retort.Nn.Generation;

/// <summary>One text that a model goes on with: its prompt, what was said so far, and what ended it.</summary>
public sealed class Continuation
{
    private readonly Decoding _decoding;
    private readonly TokenChoice _choice;
    private readonly Seed _seed;
    private readonly List<int> _tokens;
    private readonly List<double> _logProbabilities = [];

    /// <param name="decoding">How it goes on.</param>
    /// <param name="prompt">At least one token.</param>
    /// <param name="number">Of the prompt: equal prompts with other numbers get other draws.</param>
    /// <exception cref="RetortException">A setting makes no sense.</exception>
    public Continuation(Decoding decoding, IReadOnlyList<int> prompt, int number = 0)
        : this(decoding.Checked(), new TokenChoice(decoding.Sampling, decoding.Tokens), prompt, number)
    {
    }

    internal Continuation(Decoding decoding, TokenChoice choice, IReadOnlyList<int> prompt, int number)
    {
        (_decoding, _choice, Number, _tokens) = (decoding, choice, number, [.. prompt]);
        (PromptLength, _seed) = (prompt.Count, decoding.Seed.Derive((ulong)number));
    }

    /// <summary>Of the prompt.</summary>
    public int Number { get; }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptLength { get; }

    /// <summary>Most tokens of the answer.</summary>
    public int NewTokens => _decoding.NewTokens;

    /// <summary>The prompt and what was said.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Of each token that was said, as in <see cref="Generation.Answer"/>.</summary>
    public IReadOnlyList<double> LogProbabilities => _logProbabilities;

    /// <summary>In the place of the last token, the likeliest ones and their log-probabilities, as many as were wished.</summary>
    public IReadOnlyList<(int Token, double LogProbability)> Likeliest { get; private set; } = [];

    /// <summary>Null = it goes on.</summary>
    public AnswerEnd? End { get; private set; }

    /// <summary>What was said.</summary>
    public Answer Answer => new(_tokens[PromptLength..], _logProbabilities, End ?? AnswerEnd.Length);

    /// <summary>Takes the next token.</summary>
    /// <param name="logits">As the model gave them. They are changed.</param>
    /// <exception cref="RunFailedException">They are not finite, or the settings leave no token.</exception>
    internal void Extend(Span<float> logits)
    {
        var (token, logProbability) = _choice.Next(logits, Number, _tokens, _seed, _logProbabilities.Count);
        _tokens.Add(token);
        _logProbabilities.Add(logProbability);
        if (_decoding.TopLogProbabilities > 0) Likeliest = NextToken.LikeliestOf(logits, _decoding.TopLogProbabilities);
        End = _decoding.EndTokens.Contains(token) ? AnswerEnd.EndToken
            : _decoding.StopSequences.Any(EndsLike) ? AnswerEnd.StopSequence
            : _logProbabilities.Count == NewTokens ? AnswerEnd.Length
            : null;
        _decoding.Said?.Invoke(Number, token);
    }

    private bool EndsLike(int[] stop) =>
        _logProbabilities.Count >= stop.Length && _tokens[^stop.Length..].SequenceEqual(stop);
}
