using Polly;
using Polly.Retry;
using Retort.Tensors;

namespace Retort.Teachers.Chat;

/// <summary>
/// Asks again after trouble: 408, 409, 429, 5xx, silence, cuts, malformed replies. The pause is what the service says, else it grows.
/// </summary>
public sealed class RetryingTeacher : IChatTeacher
{
    private readonly IChatTeacher _inner;
    private readonly RetryOptions _options;
    private readonly Seed _seed;
    private readonly ResiliencePipeline<ChatReply> _pipeline;
    private long _draws;

    /// <param name="inner">Asked with each attempt.</param>
    /// <param name="options">How often, after which pause.</param>
    /// <param name="seed">Of the pauses.</param>
    /// <param name="time">For the pauses.</param>
    public RetryingTeacher(IChatTeacher inner, RetryOptions options, Seed seed, TimeProvider time)
    {
        (_inner, _options, _seed) = (inner, options, seed);
        _pipeline = new ResiliencePipelineBuilder<ChatReply> { TimeProvider = time }.AddRetry(new RetryStrategyOptions<ChatReply>
        {
            MaxRetryAttempts = Math.Max(1, options.MostRepeats),
            ShouldHandle = attempt => new ValueTask<bool>(IsWorthIt(attempt.Outcome.Exception, attempt.AttemptNumber)),
            DelayGenerator = attempt => new ValueTask<TimeSpan?>(Pause(attempt.Outcome.Exception, attempt.AttemptNumber)),
        }).Build();
    }

    public string Identity => _inner.Identity;

    public async Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation) =>
        await _pipeline.ExecuteAsync(async stop => await _inner.AskAsync(request, stop).ConfigureAwait(false), cancellation)
            .ConfigureAwait(false);

    private bool IsWorthIt(Exception? error, int attempt)
    {
        if (error is not ChatTroubleException trouble) return false;
        if (trouble.RetryAfter > _options.LongestRetryAfter)
            throw new RunPausedException(Identity, $"asks to wait for {trouble.RetryAfter.Value.TotalMinutes:0} minutes: {trouble.Message}",
                $"at most {_options.LongestRetryAfter.TotalMinutes:0} minutes.", "what was answered stays; come back then.", trouble);
        return attempt < (trouble.IsAboutTheAnswer ? _options.MostRepeatsOfAnswers : _options.MostRepeats);
    }

    private TimeSpan Pause(Exception? error, int attempt)
    {
        var trouble = error as ChatTroubleException;
        if (trouble?.RetryAfter is { } asked) return asked;
        if (trouble is { IsAboutTheAnswer: true }) return TimeSpan.Zero;
        var longest = Math.Min(_options.LongestPause.TotalSeconds, _options.FirstPause.TotalSeconds * Math.Pow(2, attempt));
        return TimeSpan.FromSeconds(longest * _seed.UniformDouble((ulong)Interlocked.Increment(ref _draws)));
    }
}
