using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>Whether an answer is taken: null, or the reason why not. A verifier or a grader takes this place.</summary>
/// <param name="request">What was asked.</param>
/// <param name="reply">What came.</param>
public delegate string? AnswerCheck(ChatRequest request, ChatReply reply);

/// <summary>What is asked of every answer.</summary>
public static class AnswerChecks
{
    /// <summary>
    /// Refused: an answer that the limit of tokens cut (a student would learn to stop anywhere), one that a filter or the model itself
    /// withheld, an empty one, and, where the answer is a choice, one that is none of the choices.
    /// </summary>
    public static string? Usual(ChatRequest request, ChatReply reply)
    {
        var answer = reply.Answers[0];
        if (answer.Refusal is { Length: > 0 }) return "refusal: the model declines to answer";
        if (answer.Finish == FinishReason.ContentFilter) return "content filter: the service withholds the answer";
        if (request.Parameters.Choices is { } choices) return Choice(answer, choices.Texts);
        if (answer.Finish == FinishReason.Length) return $"length: cut after {request.Parameters.NewTokens} tokens";
        return answer.Text.Trim().Length == 0 ? "empty: there is no text" : null;
    }

    /// <summary>
    /// As <see cref="Usual"/>, but an answer that the limit of tokens cut is taken: where each token is learnt by what might have stood
    /// there, nothing teaches that it ends.
    /// </summary>
    public static string? OrCut(ChatRequest request, ChatReply reply) => reply.Answers[0] is { Finish: FinishReason.Length } cut
        ? Usual(request, reply with { Answers = [cut with { Finish = FinishReason.Stop }] }) : Usual(request, reply);

    private static string? Choice(ChatAnswer answer, IReadOnlyList<string> texts) =>
        texts.Any(text => text.Trim().Equals(answer.Text.Trim().Trim('.', '"'), StringComparison.OrdinalIgnoreCase))
        || ChoiceProbabilities.Read(answer, texts) is { Covered: > 0 } ? null : "choice: the answer is none of the choices";
}
