namespace Retort.Teachers.Chat;

/// <summary>
/// A language model that can only be asked. Safe for several askers at once. What keeps, waits, repeats and counts is wrapped around it.
/// </summary>
public interface IChatTeacher
{
    /// <summary>Who answers; two teachers that could answer differently must not share one.</summary>
    string Identity { get; }

    /// <exception cref="ChatTroubleException">It may answer when asked again.</exception>
    /// <exception cref="ChatRefusedException">It will not answer this question; others it may.</exception>
    /// <exception cref="Tensors.RetortException">It will answer nothing: the key, the model or the address is wrong, or the money is
    /// used up.</exception>
    Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation);
}
