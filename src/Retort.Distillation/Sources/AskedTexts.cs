using System.Globalization;
using Retort.Asking;
using Retort.Data.Text;
using Retort.Data.Traces;
using Retort.Judging;
using Retort.Judging.Arms;
using Retort.Recipes;
using Retort.Runs;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>
/// Asks a teacher behind an API what a student is to learn: first a graded sample, then the prompts of the training part, then those of
/// the test part, once each. Everything is kept in the folder of the job, so that nothing is paid for twice.
/// </summary>
/// <param name="data">Prompts and their right answers.</param>
/// <param name="chat">Whom to ask.</param>
/// <param name="answers">How many answers to a prompt, and how they are drawn.</param>
/// <param name="folder">Of the job.</param>
/// <param name="progress">Of the questions.</param>
/// <param name="time">Of pauses.</param>
public sealed class AskedTexts(TextData data, ChatRecipe chat, AnswersRecipe answers, string folder, IProgress<StageProgress> progress,
    TimeProvider time)
{
    private readonly ChatEndpoint _endpoint = ChatOrder.Endpoint(chat);

    /// <summary>What is asked about the training part, for a plan or for the job.</summary>
    /// <exception cref="RetortException">Nobody has said what it costs.</exception>
    public AskingOrder Order => OrderOf(data.PromptsOfTrain, answers.Temperature, answers.TopP, answers.PerPrompt);

    public string Identity => _endpoint.Identity;

    /// <summary>What a stretch of asking found.</summary>
    /// <param name="Data">With what the teacher wrote in it.</param>
    /// <param name="Notes">Its score on the sample, and what everything cost.</param>
    /// <param name="Figures">What the folder of the job has cost, and how long an answer took.</param>
    public sealed record Asked(TextData Data, IReadOnlyList<(string Name, string Text)> Notes, AskedFigures Figures);

    /// <param name="untuned">
    /// [sample] which of the graded questions the student answers rightly as it is; null = it answers nothing yet.
    /// </param>
    /// <param name="stop">Asks no more; what is under way has a moment to come in.</param>
    /// <exception cref="RunPausedException">A cap is reached.</exception>
    /// <exception cref="RunFailedException">The teacher is not better than the student is already.</exception>
    public Asked Ask(IReadOnlyList<bool>? untuned, CancellationToken stop)
    {
        using var wire = new HttpChatTeacher(_endpoint, Environment.GetEnvironmentVariable, time);
        using var kept = AskingFolder.Open(folder);
        var notes = new List<(string, string)>();
        if (chat.CheckOn > 0)
        {
            var graded = OrderOf([.. data.PromptsOfValidation.Take(chat.CheckOn)], 0, 1, 1) with { MinimumSuccess = 0 };
            var sample = Work(wire, kept, graded, stop);
            notes.Add(("teacher check", Check(Said(kept, sample), untuned)));
        }
        var train = Work(wire, kept, Order, stop);
        var test = Work(wire, kept, OrderOf(data.PromptsOfTest, 0, 1, 1), stop);
        kept.Write([.. train.Items, .. test.Items], train.Result, Identity, train.Order.Price);
        var (spent, _) = kept.Journal.Spent();
        notes.Add(("asking", string.Create(CultureInfo.InvariantCulture, $"{spent.Requests:N0} requests, {spent.Input:N0} + {spent.Output:N0} tokens, {Budget.Money(spent.Dollars)}")));
        var written = Said(kept, train).Chunk(answers.PerPrompt).Select(some => (IReadOnlyList<string>)[.. some.OfType<string>()]).ToList();
        return new Asked(data with
        {
            Recorded = data.RecordedFrom!(written),
            RecordedOfTest = [.. Said(kept, test).Select(said => said is null ? null : Trace.Of(said)?.Said ?? said)],
        }, notes, new AskedFigures((double)spent.Dollars, kept.Journal.Accepted,
            RequestFigures.Of(kept.Journal.Latencies().Select(taken => (double?)taken))));
    }

    private (IReadOnlyList<AskingItem> Items, AskingResult Result, AskingOrder Order) Work(HttpChatTeacher wire, AskingFolder kept,
        AskingOrder order, CancellationToken stop)
    {
        var job = new AskingJob(order, wire, kept.Journal, progress, time);
        var result = job.RunAsync(stop).GetAwaiter().GetResult();
        return (job.Items, result, order);
    }

    private AskingOrder OrderOf(IReadOnlyList<string> prompts, double temperature, double topP, int samples) =>
        ChatOrder.Of(chat, chat.System, prompts, new ChatParameters { Temperature = temperature, TopP = topP, Seed = 1 })
            with { Samples = samples };

    /// <summary>[items] what was accepted, thought and all; null = nothing.</summary>
    private static string?[] Said(AskingFolder kept, (IReadOnlyList<AskingItem> Items, AskingResult, AskingOrder) asked) =>
        [.. asked.Items.Select(item => kept.Journal.Record(item.Key) is { State: ItemState.Accepted, Reply: { } reply }
            ? (reply.Answers[0].Reasoning is { Length: > 0 } thought ? $"<think>{thought}</think>" : "") + reply.Answers[0].Text : null)];

    /// <summary>Before money is spent on everything: a teacher that is no better than its student has nothing to teach.</summary>
    private string Check(string?[] said, IReadOnlyList<bool>? untuned)
    {
        string Expected(int i) => data.Tokenizer.Tokenizer.Decode(data.Validation.Documents[i].Answer
            .Where(token => !data.Tokenizer.Ends.Contains(token)));
        bool[] right = [.. said.Index().Select(one => one.Item is { } answer
            && data.Check!.IsRight(data.PromptsOfValidation[one.Index], Expected(one.Index), answer))];
        var check = TeacherSample.Of(right, untuned, data.SlicesOfValidation);
        return check.IsWorthIt ? check.Text
            : throw new RunFailedException("teacher check", check.Text + ": do not distil.", "a teacher that is clearly better than the student already is.",
                "ask another teacher, or a larger sample (teacher.chat.checkOn); what was paid for is kept.");
    }
}
