using Retort.Checkpoints;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>From a row to a document: what a user says is read, what the model is to say is learnt.</summary>
/// <param name="tokenizer">Of the teacher and of the student.</param>
/// <param name="contextLength">Longest document.</param>
/// <param name="cuts">Longer ones are cut there, and counted; else they are refused.</param>
/// <param name="time">For templates that say what today is.</param>
public sealed class TextEncoder(TextTokenizer tokenizer, int contextLength, bool cuts, TimeProvider time)
{
    /// <summary>Rows that were cut.</summary>
    public int Cut { get; private set; }

    /// <exception cref="RetortException">The row is too long, or nothing of it can be learnt.</exception>
    public TextDocument Encode(TextRow row)
    {
        var pieces = row switch
        {
            { Messages: { } messages } => tokenizer.Chat is { } chat ? Conversed(row, messages, chat) : Written(messages),
            { Prompt: { } prompt } => [(tokenizer.Whole(prompt), false), (tokenizer.Plain(row.Completion!), true), End],
            _ => [(tokenizer.Whole(row.Text!), true), End],
        };
        int[] tokens = [.. pieces.SelectMany(piece => piece.Tokens)];
        bool[] learnt = [.. pieces.SelectMany(piece => Enumerable.Repeat(piece.Learnt, piece.Tokens.Length))];
        if (learnt.Length > 0) learnt[0] = false; // nothing stands before it
        if (cuts && tokens.Length > contextLength)
        {
            Cut++;
            (tokens, learnt) = (tokens[..contextLength], learnt[..contextLength]);
        }
        return new TextDocument(row.Place, tokens, learnt).Checked(contextLength);
    }

    /// <summary>Null where the row is too long, or nothing of it can be learnt.</summary>
    public TextDocument? TryEncode(TextRow row)
    {
        try
        {
            return Encode(row);
        }
        catch (RetortException)
        {
            return null;
        }
    }

    private (int[] Tokens, bool Learnt) End => ([tokenizer.End], true);

    /// <summary>The template writes each turn; what it adds between where an answer begins and where it ends is the answer.</summary>
    private List<(int[] Tokens, bool Learnt)> Conversed(TextRow row, IReadOnlyList<(string Role, string Content)> messages,
        Conversation chat)
    {
        var pieces = new List<(int[], bool)>();
        var done = "";
        for (var turn = 0; turn < messages.Count; turn++)
        {
            if (messages[turn].Role != "assistant") continue;
            var before = chat.Text(messages.Take(turn), answerFollows: true, time);
            var behind = chat.Text(messages.Take(turn + 1), answerFollows: false, time);
            if (!before.StartsWith(done, StringComparison.Ordinal) || !behind.StartsWith(before, StringComparison.Ordinal))
                throw new RetortException(row.Place, $"the chat template rewrites what stands before turn {turn + 1}.",
                    "a template that only adds to a conversation, so that what is learnt can be told from what is read.",
                    "write the row as prompt and completion.");
            pieces.Add((Conversation.Ids(tokenizer.Tokenizer, before[done.Length..]), false));
            pieces.Add((Conversation.Ids(tokenizer.Tokenizer, behind[before.Length..]), true));
            done = behind;
        }
        return pieces;
    }

    /// <summary>Where there is no template: headings as Alpaca has them.</summary>
    private List<(int[] Tokens, bool Learnt)> Written(IReadOnlyList<(string Role, string Content)> messages)
    {
        var pieces = new List<(int[], bool)>();
        foreach (var (role, content) in messages)
        {
            var heading = role == "assistant" ? "### Response:\n" : role == "user" ? "### Instruction:\n" : "";
            pieces.Add((pieces.Count == 0 ? tokenizer.Whole(heading) : tokenizer.Plain(heading), false));
            pieces.Add((tokenizer.Plain(content), role == "assistant"));
            if (role == "assistant") pieces.Add(End);
            else pieces.Add((tokenizer.Plain("\n\n"), false));
        }
        return pieces;
    }
}
