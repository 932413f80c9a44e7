using Retort.Formats.Tokenizers;

namespace Retort.Data.Conversations;

/// <summary>What a conversation of any shape must be: it says something, without control characters, and is not too long.</summary>
/// <param name="mostCharacters">Of all turns together; a guard against what is no conversation.</param>
/// <param name="tokenizer">Counts tokens; null = they are not counted.</param>
/// <param name="mostTokens">What the student can read; null = whatever it is.</param>
public sealed class ConversationCheck(long mostCharacters, Tokenizer? tokenizer = null, int? mostTokens = null)
{
    /// <exception cref="ConversationException">It is not; the numbers of both sides are given.</exception>
    public void Check(Conversation conversation)
    {
        var characters = conversation.AllMessages.Sum(message => message.Texts.Sum(text => (long)text.Length));
        if (characters > mostCharacters)
            throw Long(conversation, $"has {characters} characters", $"at most {mostCharacters} (--max-characters)");
        foreach (var (index, message) in conversation.AllMessages.Index())
            if (message.Texts.Select(ControlCharacter.In).FirstOrDefault(found => found is not null) is { } control)
                throw new ConversationException(SetAside.ControlCharacter, conversation.Place,
                    $"message {index + 1} has the control character U+{(int)control:X4}.", "expected text, with tabs and line ends at most.");
        if (conversation.Prompt.All(message => message.IsInstruction || Blank(message)))
            throw new ConversationException(SetAside.WrongShape, conversation.Place, "nothing is asked.", "expected a turn of the user with text.");
        if (conversation.AllMessages.FirstOrDefault(message => message.Role == Message.Assistant && message.Weight != 0 && Blank(message))
            is not null)
            throw new ConversationException(SetAside.WrongShape, conversation.Place, "an assistant's turn is empty.", "expected text or tool calls.");
        if (tokenizer is not null && mostTokens is { } most && Tokens(conversation) is var tokens && tokens > most)
            throw Long(conversation, $"has {tokens} tokens", $"at most {most} (--max-tokens)");
    }

    private long Tokens(Conversation conversation) => conversation.AllMessages
        .Sum(message => message.Texts.Sum(text => (long)tokenizer!.Encode(text, addSpecialTokens: false).Length));

    private static bool Blank(Message message) => message.ToolCalls.Count == 0 && string.IsNullOrWhiteSpace(message.Content);

    private static ConversationException Long(Conversation conversation, string what, string expected) =>
        new(SetAside.TooLong, conversation.Place, $"the conversation {what}.", $"expected {expected}; nothing is ever cut off.");
}
