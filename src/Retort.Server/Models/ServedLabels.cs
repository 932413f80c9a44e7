using System.Text;
using Retort.Server.Requests;
using Retort.Server.Scheduling;
using Retort.Tensors;

namespace Retort.Server.Models;

/// <summary>
/// A classifier of texts. Asked by chat, it answers the last thing that the user said with the likeliest label, as one token whose
/// log-probabilities are those of the classes; what a system turn says it does not need.
/// </summary>
public abstract class ServedLabels : ServedModel
{
    public override string Kind => "classifier of texts";
    public abstract override IReadOnlyList<string> Labels { get; }

    internal override int[] Ids(IReadOnlyList<(string Role, string Content)> messages, TimeProvider time) =>
        messages.LastOrDefault(message => message.Role == "user") is { Role: not null } said
            ? Ids(new TextInput(said.Content, null), ChatRequest.Field)
            : throw ApiError.Invalid(ChatRequest.Field, "no message is the user's: there is nothing to classify.");

    internal override AnswerSet Begin(Scheduler scheduler, IReadOnlyList<int[]> prompts, AnswerWish wish, IReadOnlyList<int> newTokens,
        Seed seed, CancellationToken cancellation)
    {
        var answers = new AnswerSet(prompts.Count * wish.Answers, cancellation);
        _ = scheduler.RunAsync(() =>
        {
            try
            {
                for (var choice = 0; choice < answers.Choices; choice++)
                    Say(scheduler, answers, choice, Classify(prompts[choice / wish.Answers]), wish);
            }
            catch (Exception error)
            {
                answers.Fail(error);
            }
            return 0;
        }, cancellation);
        return answers;
    }

    /// <summary>The likeliest label; with several answers wished, or a temperature that was asked for, still the likeliest.</summary>
    private void Say(Scheduler scheduler, AnswerSet answers, int choice, double[] logProbabilities, AnswerWish wish)
    {
        SaidToken Label(int number, IReadOnlyList<SaidToken> likeliest) =>
            new(number, Labels[number], Encoding.UTF8.GetBytes(Labels[number]), logProbabilities[number], likeliest);
        int[] order = [.. Enumerable.Range(0, logProbabilities.Length).OrderByDescending(number => logProbabilities[number])];
        answers.Count();
        scheduler.Said();
        answers.Say(new Piece(choice, Labels[order[0]],
            wish.TellsTokens ? [Label(order[0], [.. order.Take(wish.Likeliest).Select(number => Label(number, []))])] : [], Piece.Stop));
    }
}
