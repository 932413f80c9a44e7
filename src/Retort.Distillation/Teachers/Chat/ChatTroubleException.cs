using Retort.Tensors;

namespace Retort.Teachers.Chat;

/// <summary>What went wrong with one request, as far as asking again may help.</summary>
public enum ChatTrouble
{
    /// <summary>429 and 503: too many at once.</summary>
    Overloaded,

    /// <summary>408, 409 and the other 5xx.</summary>
    ServerError,
    TimedOut,

    /// <summary>The connection ended inside a reply.</summary>
    Cut,

    /// <summary>What came is no reply.</summary>
    Malformed,
    Unreachable,

    /// <summary>A whole reply without text.</summary>
    Empty,

    /// <summary>A whole reply, by somebody else.</summary>
    WrongModel,
}

/// <summary>A request failed in a way that may pass. Its text holds no key.</summary>
/// <param name="kind">What happened.</param>
/// <param name="message">A sentence.</param>
/// <param name="retryAfter">How long the service asks to wait; null = it did not say.</param>
/// <param name="usage">What the service says it charges; null = unknown.</param>
/// <param name="mayBeBilled">Whether the request may have been answered, and charged, although no answer came.</param>
/// <param name="inner">The cause.</param>
public sealed class ChatTroubleException(ChatTrouble kind, string message, TimeSpan? retryAfter = null, ChatUsage? usage = null,
    bool mayBeBilled = false, Exception? inner = null) : Exception(message, inner)
{
    public ChatTrouble Kind => kind;
    public TimeSpan? RetryAfter => retryAfter;
    public ChatUsage? Usage => usage;
    public bool MayBeBilled => mayBeBilled;

    /// <summary>The service works; it is the answer that is of no use. Each such answer costs.</summary>
    public bool IsAboutTheAnswer => kind is ChatTrouble.Empty or ChatTrouble.WrongModel;
}

/// <summary>The service refuses this question (400, 413, 422, …) and would again; nothing was charged.</summary>
public sealed class ChatRefusedException(string location, string what, string expected = "", string remedy = "", Exception? inner = null)
    : RetortException(location, what, expected, remedy, inner);
