using System.Text;

namespace Retort.Teachers.Chat;

/// <summary>
/// Tokens of a prompt: counted where a tokenizer is given, else taken as a quarter of the bytes, which is about right for English.
/// </summary>
public static class TokenEstimate
{
    private const int BytesOfToken = 4, TokensOfTurn = 4;

    /// <param name="messages">The prompt.</param>
    /// <param name="count">Tokens of a text, by the teacher's own tokenizer; null = estimate.</param>
    public static long Of(IEnumerable<ChatMessage> messages, Func<string, int>? count = null) => messages.Sum(message =>
        (long)TokensOfTurn + (count is null
            ? (Encoding.UTF8.GetByteCount(message.Content) + BytesOfToken - 1) / BytesOfToken : count(message.Content)));
}
