using Retort.Nn.Generation;

namespace Retort.Server.Scheduling;

/// <summary>One answer while it is made.</summary>
/// <param name="text">The model's side.</param>
/// <param name="assembly">The reader's side.</param>
/// <param name="answers">Where it goes.</param>
/// <param name="choice">Its number among them.</param>
/// <param name="spelling">How a token and those that might have stood in its place are told; null = they are not.</param>
internal sealed class Speaking(Continuation text, TextAssembly assembly, AnswerSet answers, int choice,
    Func<int, double, IReadOnlyList<(int Token, double LogProbability)>, SaidToken>? spelling)
{
    public Continuation Text => text;
    public AnswerSet Answers => answers;

    /// <summary>Whether anybody still waits for it.</summary>
    public bool IsWanted => !answers.Cancellation.IsCancellationRequested;

    /// <summary>Tells the token that has just come.</summary>
    /// <returns>Whether the answer goes on.</returns>
    public bool Tell()
    {
        answers.Count();
        var said = ("", (IReadOnlyList<SaidToken>)[]);
        if (text.End != AnswerEnd.EndToken) // what ends a text is no part of it
            said = assembly.Push(text.Tokens[^1], spelling?.Invoke(text.Tokens[^1], text.LogProbabilities[^1], text.Likeliest));
        var finish = assembly.Stopped || text.End == AnswerEnd.EndToken ? Piece.Stop : text.End is not null ? Piece.Length : null;
        if (finish is not null && assembly.Finish() is var rest)
        {
            said = (said.Item1 + rest.Text, [.. said.Item2, .. rest.Tokens]);
            if (assembly.Stopped) finish = Piece.Stop; // the last characters made a stop string whole
        }
        if (finish is not null || said.Item1.Length > 0 || said.Item2.Count > 0)
            answers.Say(new Piece(choice, said.Item1, said.Item2, finish));
        return finish is null;
    }

}
