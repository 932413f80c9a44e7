using System.Globalization;
using Retort.Asking;
using Retort.Data.Text;
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
/// <param name="labels">How many answers to a prompt, how they are drawn, and how many alternatives are told with each token.</param>
/// <param name="folder">Of the job.</param>
/// <param name="progress">Of the questions.</param>
/// <param name="time">Of pauses.</param>
public sealed class AskedTexts(TextData data, ChatRecipe chat, LabelRecipe labels, string folder, IProgress<StageProgress> progress,
    TimeProvider time)
{
    private readonly ChatEndpoint _endpoint = ChatOrder.Endpoint(chat);
    private readonly AnswersRecipe _answers = labels.Answers!;

    /// <summary>That are told with each token; 0 = none.</summary>
    private readonly int _alternatives = labels.Kind == "top-k" ? int.Parse(labels.Keep, CultureInfo.InvariantCulture) : 0;

    /// <summary>What is asked about the training part, for a plan or for the job.</summary>
    /// <exception cref="RetortException">Nobody has said what it costs, or the rows ask nothing.</exception>
    public AskingOrder Order
    {
        get
        {
            if (data.PromptsOfTrain.Count == 0)
                throw new RetortException("data.path", "has rows that ask nothing: texts alone.", "rows with prompt and completion, or messages.",
                    "write what is to be asked into prompt, and the data's own answer into completion.");
            var order = OrderOf(data.PromptsOfTrain, _answers.Temperature, _answers.TopP) with { Samples = _answers.PerPrompt };
            return order with { Parameters = order.Parameters with { TopLogProbabilities = _alternatives } };
        }
    }

    public string Identity => _endpoint.Identity;

    /// <summary>What a stretch of asking found.</summary>
    /// <param name="Train">[prompts · answers to each] null = none was accepted.</param>
    /// <param name="Test">[prompts of the test part]</param>
    /// <param name="Notes">The teacher's score on the sample, and what everything cost.</param>
    /// <param name="Spent">All that was ever spent in the folder.</param>
    /// <param name="Accepted">Answers that are taken there.</param>
    /// <param name="Milliseconds">Of each answer that somebody timed.</param>
    public sealed record Asked(IReadOnlyList<ChatAnswer?> Train, IReadOnlyList<ChatAnswer?> Test,
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
        if (chat.CheckOn > 0 && data.Check is not null && data.PromptsOfValidation.Count > 0)
        {
            var graded = OrderOf([.. data.PromptsOfValidation.Take(chat.CheckOn)], 0, 1) with { MinimumSuccess = 0 };
            var said = ChatOrder.Said(kept, Work(wire, kept, graded, stop).Items);
            notes.Add(("teacher check", Check([.. said.Select(ChatOrder.TextOf)], untuned)));
        }
        var train = Work(wire, kept, Order, stop);
        var test = Work(wire, kept, OrderOf(data.PromptsOfTest, 0, 1), stop);
        kept.Write([.. train.Items, .. test.Items], train.Result, Identity, train.Order.Price);
        var (spent, _) = kept.Journal.Spent();
        notes.Add(("asking", ChatOrder.Describe(spent)));
        return new Asked(ChatOrder.Said(kept, train.Items), ChatOrder.Said(kept, test.Items), notes, spent, kept.Journal.Accepted,
            [.. kept.Journal.Latencies()]);
    }

    private (IReadOnlyList<AskingItem> Items, AskingResult Result, AskingOrder Order) Work(HttpChatTeacher wire, AskingFolder kept,
        AskingOrder order, CancellationToken stop)
    {
        var job = new AskingJob(order, wire, kept.Journal, progress, time);
        var result = job.RunAsync(stop).GetAwaiter().GetResult();
        return (job.Items, result, order);
    }

    private AskingOrder OrderOf(IReadOnlyList<TextPrompt> prompts, double temperature, double topP) =>
        ChatOrder.Of(chat, chat.System ?? (data.RecordedFrom is null ? "" : ChatRecipe.Reasoning), prompts,
            new ChatParameters { Temperature = temperature, TopP = topP, Seed = 1 }) with
        {
            Check = _alternatives > 0 ? AnswerChecks.OrCut : AnswerChecks.Usual,
        };

    /// <summary>Before money is spent on everything: a teacher that is no better than its student has nothing to teach.</summary>
    private string Check(string?[] said, IReadOnlyList<bool>? untuned)
    {
        string Expected(int i) => data.Tokenizer.Tokenizer.Decode(data.Validation.Documents[i].Answer
            .Where(token => !data.Tokenizer.Ends.Contains(token)));
        bool[] right = [.. said.Index().Select(one => one.Item is { } answer
            && data.Check!.IsRight(data.PromptsOfValidation[one.Index].Question, Expected(one.Index), answer))];
        var check = TeacherSample.Of(right, untuned, data.SlicesOfValidation);
        return check.IsWorthIt ? check.Text
            : throw new RunFailedException("teacher check", check.Text + ": do not distil.", "a teacher that is clearly better than the student already is.",
                "ask another teacher, or a larger sample (teacher.chat.checkOn); what was paid for is kept.");
    }
}
