using System.Text;

namespace Retort.Teachers.Chat;

/// <summary>
/// The most tokens that a request can use. A token is at least a byte, so the bytes of the messages bound the prompt; beside them stand
/// the signs of the chat template, and a system prompt that some templates bring along.
/// </summary>
public static class WorstCase
{
    private const int TokensOfTemplate = 64, TokensOfTurn = 16;

    public static long Input(ChatRequest request) =>
        TokensOfTemplate + request.Messages.Sum(message =>
            (long)TokensOfTurn + Encoding.UTF8.GetByteCount(message.Role) + Encoding.UTF8.GetByteCount(message.Content));

    public static long Output(ChatRequest request) => (long)request.Parameters.NewTokens * request.Answers;
}
