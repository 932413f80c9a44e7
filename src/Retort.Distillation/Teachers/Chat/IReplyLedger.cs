namespace Retort.Teachers.Chat;

/// <summary>
/// Remembers what was sent, charged and answered, so that a killed process pays nothing twice. Safe for several threads at once; when a
/// call has returned, a kill does not undo it.
/// </summary>
public interface IReplyLedger
{
    /// <summary>The reply to a request that was answered before, or null.</summary>
    ChatReply? Find(string key);

    /// <summary>Before a request goes out.</summary>
    /// <param name="key">Of the request (<see cref="RequestKey"/>).</param>
    /// <param name="reserved">Its worst case; charged if nothing is ever heard of it.</param>
    /// <returns>The number of the attempt.</returns>
    long Begin(string key, Spend reserved);

    /// <summary>When it is known what became of it; a reply and its charge are remembered together.</summary>
    /// <param name="attempt">From <see cref="Begin"/>.</param>
    /// <param name="charged">What it took.</param>
    /// <param name="outcome">"answered", or what went wrong in a word.</param>
    /// <param name="reply">Null where none came.</param>
    void End(long attempt, Spend charged, string outcome, ChatReply? reply);
}
