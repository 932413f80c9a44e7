namespace Retort.Teachers.Chat;

/// <summary>One question.</summary>
/// <param name="Messages">The conversation so far; the last turn is usually the user's.</param>
/// <param name="Parameters">How to answer.</param>
/// <param name="Sample">Which of several answers to the same question this is, from 0; a part of its key.</param>
/// <param name="Answers">Answers in one reply (the wire's n); some services give one whatever is asked.</param>
public sealed record ChatRequest(IReadOnlyList<ChatMessage> Messages, ChatParameters Parameters, int Sample = 0, int Answers = 1);
