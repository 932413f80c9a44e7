using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Tracks;

/// <summary>What a service says about the tokens of its answers, beside what the same model says here behind the same tokens.</summary>
/// <param name="Tokens">Of the answers, with those that end them.</param>
/// <param name="Untold">Of these: no entry tells of them.</param>
/// <param name="Entries">That the service gave.</param>
/// <param name="Unplaced">Of these.</param>
/// <param name="Outside">Tokens that were said and are not among their own alternatives.</param>
/// <param name="Compared">Log-probabilities, of tokens before which each token of the answer is known.</param>
/// <param name="Largest">Difference of one of them, in nats.</param>
/// <param name="Mean">Difference.</param>
internal sealed record EntryComparison(int Tokens, int Untold, int Entries, int Unplaced, int Outside, int Compared, double Largest,
    double Mean)
{
    /// <summary>Further log-probabilities, behind tokens that nobody told of: they may have been others.</summary>
    public int Behind { get; private init; }
    public double LargestBehind { get; private init; }

    /// <param name="model">The teacher's numbers.</param>
    /// <param name="data">What was asked; the service must have read the same tokens of it.</param>
    /// <param name="answers">[prompts] null = there is none.</param>
    /// <param name="device">Where the model is.</param>
    public static EntryComparison Of(Gpt model, TextData data, IReadOnlyList<ChatAnswer?> answers, Device device)
    {
        var alignment = new AnswerAlignment(new TokensByBytes(data.Tokenizer.Tokenizer), data.Tokenizer.Plain, data.Tokenizer.Ends);
        var found = new EntryComparison(0, 0, 0, 0, 0, 0, 0, 0);
        using var step = new Step(device, "comparison");
        var sum = 0.0;
        foreach (var (number, answer) in answers.Index())
        {
            if (answer is null) continue;
            var aligned = alignment.Of(answer);
            var prompt = data.Asked.Documents[number].Prompt;
            var own = OwnOf(step, model, [.. prompt, .. aligned.Tokens.Select(token => token.Id)], data.Tokenizer.Tokenizer.Size);
            var known = true;
            foreach (var (place, token) in aligned.Tokens.Index())
            {
                foreach (var (id, logProbability) in token.Alternatives ?? [])
                {
                    var difference = Math.Abs(logProbability - own[prompt.Length + place - 1][id]);
                    if (known) sum += difference;
                    found = known ? found with { Compared = found.Compared + 1, Largest = Math.Max(found.Largest, difference) }
                        : found with { Behind = found.Behind + 1, LargestBehind = Math.Max(found.LargestBehind, difference) };
                }
                known &= token.Alternatives is not null;
            }
            found = found with
            {
                Tokens = found.Tokens + aligned.Tokens.Count,
                Entries = found.Entries + aligned.Entries,
                Unplaced = found.Unplaced + aligned.Unplaced,
                Untold = found.Untold + aligned.Tokens.Count(token => token.Alternatives is null),
                Outside = found.Outside + (answer.Tokens ?? [])
                    .Count(entry => entry.Top.Count > 0 && entry.Top.All(one => Differs(one, entry.Chosen))),
            };
        }
        return found with { Mean = sum / Math.Max(1, found.Compared) };
    }

    public override string ToString() => FormattableString.Invariant($"{Tokens:N0} tokens, {Untold:N0} without an entry; {Entries:N0} entries, {Unplaced:N0} not placed, {Outside:N0} chosen outside their alternatives; ")
        + FormattableString.Invariant($"{Compared:N0} log-probabilities, mean difference {Mean:g3}, largest {Largest:g3}; {Behind:N0} behind tokens without an entry, largest {LargestBehind:g3}");

    /// <summary>Bytes say it where there are no ids; those of a chosen token may begin with what had no entry.</summary>
    private static bool Differs(TokenChoice one, TokenChoice other) => one.Id is { } id && other.Id is { } its ? id != its
        : !(one.Bytes ?? []).SequenceEqual(other.Bytes ?? []);

    /// <summary>[tokens][ids] ln p behind each token.</summary>
    private static double[][] OwnOf(Step step, Gpt model, int[] tokens, int ids)
    {
        step.Begin(training: false);
        var states = model.States(step, step.Constant(new Shape(1, tokens.Length), tokens.AsSpan()));
        var logits = step.Device.ToFloats(step.Linear(Gpt.Rows(step, states), model.Head));
        return [.. logits.Chunk(logits.Length / tokens.Length).Select(row =>
        {
            double largest = row.Take(ids).Max(), normaliser = largest + Math.Log(row.Take(ids).Sum(logit => Math.Exp(logit - largest)));
            return (double[])[.. row.Take(ids).Select(logit => logit - normaliser)];
        })];
    }
}
