using Retort.Asking;
using Retort.Data.Text;
using Retort.Data.Traces;
using Retort.Judging;
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
    public AskingOrder Order => ChatOrder.Of(chat, data.PromptsOfTrain, answers.Temperature, answers.TopP, answers.PerPrompt);

    public string Identity => _endpoint.Identity;

    /// <summary>What a stretch of asking found.</summary>
    /// <param name="Written">[train] what the teacher wrote about each prompt.</param>
    /// <param name="OfTest">[test] its answers; null = none.</param>
    /// <param name="Notes">Its score on the sample, and what everything cost.</param>
    /// <param name="Spent">All that was ever spent in the folder.</param>
    /// <param name="Accepted">Answers that are taken there.</param>
    /// <param name="Milliseconds">Of each answer that somebody timed.</param>
    public sealed record Asked(IReadOnlyList<IReadOnlyList<string>> Written, IReadOnlyList<string?> OfTest,
        IReadOnlyList<(string Name, string Text)> Notes, Spend Spent, int Accepted, IReadOnlyList<double> Milliseconds);

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
        if (chat.CheckOn > 0 && data.PromptsOfValidation.Count > 0)
        {
            var graded = ChatOrder.Of(chat, [.. data.PromptsOfValidation.Take(chat.CheckOn)], 0, 1, 1) with { MinimumSuccess = 0 };
            notes.Add(("teacher check", Check(ChatOrder.Said(kept, Work(wire, kept, graded, stop).Items), untuned)));
        }
        var train = Work(wire, kept, Order, stop);
        var test = Work(wire, kept, ChatOrder.Of(chat, data.PromptsOfTest, 0, 1, 1), stop);
        kept.Write([.. train.Items, .. test.Items], train.Result, Identity, train.Order.Price);
        var (spent, _) = kept.Journal.Spent();
        notes.Add(("asking", ChatOrder.Describe(spent)));
        var said = ChatOrder.Said(kept, train.Items).Chunk(answers.PerPrompt);
        return new Asked([.. said.Select(some => (IReadOnlyList<string>)[.. some.OfType<string>()])],
            [.. ChatOrder.Said(kept, test.Items).Select(one => one is null ? null : Trace.Of(one)?.Said ?? one)], notes, spent,
            kept.Journal.Accepted, [.. kept.Journal.Latencies()]);
    }

    private (IReadOnlyList<AskingItem> Items, AskingResult Result, AskingOrder Order) Work(HttpChatTeacher wire, AskingFolder kept,
        AskingOrder order, CancellationToken stop)
    {
        var job = new AskingJob(order, wire, kept.Journal, progress, time);
        var result = job.RunAsync(stop).GetAwaiter().GetResult();
        return (job.Items, result, order);
    }

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
