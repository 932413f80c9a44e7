namespace Retort.Asking;

/// <summary>How far a question has come.</summary>
public enum ItemState
{
    /// <summary>Not asked yet, or to be asked again: the process ended while it was under way.</summary>
    Pending,

    /// <summary>Reserved and on its way: both are one write, directly before the request goes out.</summary>
    Sent,

    /// <summary>The reply is kept and paid for, and not looked at.</summary>
    Answered,
    Accepted,

    /// <summary>The answer is of no use, with a reason. It is not asked for again.</summary>
    Rejected,

    /// <summary>No answer came, with a reason. The next run asks again.</summary>
    Failed,
}

/// <param name="State">How far.</param>
/// <param name="Reason">Why rejected or failed; else null.</param>
/// <param name="Reply">As the journal has it; null where there is none.</param>
public sealed record ItemRecord(ItemState State, string? Reason, Teachers.Chat.ChatReply? Reply);
