namespace Retort.Teachers.Chat;

/// <summary>Never asks what was answered before.</summary>
/// <param name="inner">Asked what is new.</param>
/// <param name="ledger">Where replies are kept.</param>
public sealed class CachedTeacher(IChatTeacher inner, IReplyLedger ledger) : IChatTeacher
{
    public string Identity => inner.Identity;

    public async Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation) =>
        ledger.Find(RequestKey.Of(Identity, request)) ?? await inner.AskAsync(request, cancellation).ConfigureAwait(false);
}
