using System.Globalization;
using Retort.Asking;
using Retort.Data.Text;
using Retort.Data.Traces;
using Retort.Labels;
using Retort.Recipes;
using Retort.Runs;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>
/// Right answers, written again in a given form by a language model and verified once more: one that is no longer right, has lost its
/// thought or does not fit is kept as it was (Sky-T1's reformatting, NovaSky 2025, with the check that it leaves to the reader).
/// </summary>
/// <param name="data">Prompts, right answers and the check.</param>
/// <param name="recipe">What the model is told.</param>
/// <param name="chat">Whom to ask.</param>
/// <param name="folder">Of this job; its journal pays nothing twice.</param>
/// <param name="spent">What the same caps have paid for already.</param>
/// <param name="progress">Of the questions.</param>
/// <param name="time">Of pauses.</param>
public sealed class RewrittenTexts(TextData data, AnswersRecipe recipe, ChatRecipe chat, string folder, Spend spent,
    IProgress<StageProgress> progress, TimeProvider time)
{
    /// <summary>What became of them, and what it cost; empty before <see cref="Of"/>.</summary>
    public string Note { get; private set; } = "";

    /// <param name="answers">Verified; those that are not right, or do not fit, are not asked about.</param>
    /// <param name="stop">Asks no more; what is under way has a moment to come in.</param>
    /// <returns>In the same order.</returns>
    /// <exception cref="RunPausedException">A cap is reached.</exception>
    public IReadOnlyList<WrittenAnswer> Of(IReadOnlyList<WrittenAnswer> answers, CancellationToken stop)
    {
        WrittenAnswer[] right = [.. answers.Where(answer => answer.Right == true && answer.Ended)];
        var endpoint = ChatOrder.Endpoint(chat);
        var order = ChatOrder.Of(chat, chat.System ?? ChatRecipe.Reasoning, right.Select(answer => TextPrompt.Of(Told(answer))),
            new ChatParameters { Temperature = 0, Seed = 1 });
        order = order with { Caps = Left(order.Caps), MinimumSuccess = 0 };
        using var wire = new HttpChatTeacher(endpoint, Environment.GetEnvironmentVariable, time);
        using var kept = AskingFolder.Open(folder);
        var job = new AskingJob(order, wire, kept.Journal, progress, time);
        var result = job.RunAsync(stop).GetAwaiter().GetResult();
        kept.Write(job.Items, result, endpoint.Identity, order.Price);
        var said = ChatOrder.Said(kept, job.Items).Select(ChatOrder.TextOf);
        var (made, faults) = (new Dictionary<WrittenAnswer, WrittenAnswer>(ReferenceEqualityComparer.Instance), new List<string>());
        foreach (var (answer, text) in right.Zip(said))
            if (Made(answer, text) is var (rewritten, fault) && rewritten is not null) made[answer] = rewritten;
            else faults.Add(fault);
        Note = string.Create(CultureInfo.InvariantCulture, $"{made.Count:N0} of {right.Length:N0} right texts are rewritten")
            + string.Concat(faults.GroupBy(fault => fault).OrderByDescending(same => same.Count())
                .Select(same => string.Create(CultureInfo.InvariantCulture, $", {same.Count():N0} stay as they were: {same.Key}")))
            + "; " + ChatOrder.Describe(kept.Journal.Spent().All);
        return [.. answers.Select(answer => made.GetValueOrDefault(answer, answer))];
    }

    private string Told(WrittenAnswer answer) => string.Concat(Pieces(recipe.Rewrite).Select(piece => piece switch
    {
        "{prompt}" => data.PromptsOfTrain[answer.Row].Question,
        "{answer}" => answer.Text,
        _ => piece,
    }));

    /// <summary>In one pass: braces of a prompt are no places.</summary>
    private static string[] Pieces(string template) => System.Text.RegularExpressions.Regex.Split(template, "(\\{prompt\\}|\\{answer\\})");

    private (WrittenAnswer? Rewritten, string Fault) Made(WrittenAnswer answer, string? text)
    {
        if (text is null) return (null, "no answer came");
        if (Trace.Of(text) is not { Thought.Length: > 0 } trace) return (null, "no thought with an answer came");
        var written = trace.Written(keepsThought: true);
        if (data.Check!.Judge(answer.Prompt, RecordedTexts.Expected(data, answer.Row), trace.Said) != true)
            return (null, "the answer is another one");
        int[] tokens = [.. data.Tokenizer.Plain(written), data.Tokenizer.End];
        return data.Asked.Documents[answer.Row].Prompt.Length + tokens.Length > data.ContextLength ? (null, "too long for the context")
            : (answer with { Text = written, Tokens = tokens }, "");
    }

    private SpendCaps Left(SpendCaps caps) => new(caps.Dollars is { } dollars ? Math.Max(0, dollars - spent.Dollars) : null,
        caps.Tokens is { } tokens ? Math.Max(0, tokens - spent.Tokens) : null, caps.Requests);
}
