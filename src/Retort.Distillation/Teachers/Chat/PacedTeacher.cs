namespace Retort.Teachers.Chat;

/// <summary>Asks no more at once, and no more a minute, than the service bears.</summary>
/// <param name="inner">Asked when it is its turn.</param>
/// <param name="limit">Requests at once.</param>
/// <param name="rate">Requests and tokens a minute.</param>
/// <param name="time">For the pauses.</param>
public sealed class PacedTeacher(IChatTeacher inner, AdaptiveLimit limit, RequestRate rate, TimeProvider time) : IChatTeacher
{
    public string Identity => inner.Identity;

    public async Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation)
    {
        var round = await limit.EnterAsync(cancellation).ConfigureAwait(false);
        var (answered, overloaded) = (false, false);
        try
        {
            var pause = rate.Take(TokenEstimate.Of(request.Messages) + WorstCase.Output(request));
            if (pause > TimeSpan.Zero) await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
            var reply = await inner.AskAsync(request, cancellation).ConfigureAwait(false);
            answered = true;
            if (reply.Limits is { } told) rate.Learn(told);
            return reply;
        }
        catch (ChatTroubleException trouble)
        {
            overloaded = trouble.Kind is ChatTrouble.Overloaded or ChatTrouble.TimedOut;
            if (trouble is { Kind: ChatTrouble.Overloaded, RetryAfter: { } asked }) rate.Pause(asked);
            throw;
        }
        finally
        {
            limit.Leave(round, answered, overloaded);
        }
    }
}
