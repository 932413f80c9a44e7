using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Retort.Asking;
using Retort.Data;
using Retort.Data.Text;
using Retort.Evaluation;
using Retort.Judging;
using Retort.Recipes;
using Retort.Runs;
using Retort.Teachers;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>
/// A teacher behind an API that is asked for the class of texts, each once: what it said is kept in the folder of the job, so that nothing
/// is paid for twice, by whichever stage it is wanted again.
/// </summary>
public sealed class AskedClasses : ITeacher
{
    private const int FewestTimes = 20;
    private readonly ChatRecipe _chat;
    private readonly IReadOnlyList<string> _names;
    private readonly AskingFolder _kept;
    private readonly HttpChatTeacher _wire;
    private readonly IProgress<StageProgress> _progress;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;

    /// <param name="chat">Whom to ask, and for how much.</param>
    /// <param name="classNames">Of the data.</param>
    /// <param name="folder">Of the job.</param>
    /// <param name="progress">Of the questions.</param>
    /// <param name="time">Of pauses.</param>
    /// <param name="stop">Asks no more; what is under way has a moment to come in.</param>
    /// <exception cref="RetortException">The recipe does not fit the classes, or the key is not there.</exception>
    public AskedClasses(ChatRecipe chat, IReadOnlyList<string> classNames, string folder, IProgress<StageProgress> progress,
        TimeProvider time, CancellationToken stop)
    {
        (_chat, _progress, _time, _stop, _names) = (chat, progress, time, stop, NamesOf(chat, classNames));
        _wire = new HttpChatTeacher(ChatOrder.Endpoint(chat), Environment.GetEnvironmentVariable, time);
        try
        {
            _kept = AskingFolder.Open(folder);
        }
        catch
        {
            _wire.Dispose();
            throw;
        }
        Hash = HashOf(chat, classNames);
    }

    public Offers Offers => Offers.HardLabels | Offers.DenseLogits;
    public int Classes => _names.Count;

    /// <summary>Of who is asked, and how: what is asked otherwise is another teacher.</summary>
    public string Hash { get; }

    public string Identity => _wire.Identity;

    /// <summary>What all that was ever asked from this folder has cost.</summary>
    public Spend Spent => _kept.Journal.Spent().All;

    /// <summary>Training texts with an answer of use.</summary>
    public int Useful { get; init; }

    /// <summary>Of replies, at the recipe's number of requests at once; null where fewer than twenty were measured.</summary>
    public LatencyFacts? Measured => _kept.Journal.Latencies() is { Count: >= FewestTimes } times ? LatencyFacts.Of(times) : null;

    /// <summary>Without the key, and without asking anybody.</summary>
    public static string HashOf(ChatRecipe chat, IReadOnlyList<string> classNames) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\n', [ChatOrder.Endpoint(chat).Identity, chat.System ?? ChatClassesRecipe.System,
            chat.Classes!.Template, $"{chat.Classes.TopLogProbabilities}", .. NamesOf(chat, classNames)]))));

    /// <summary>It is asked about texts, not about numbers.</summary>
    public void Label(ReadOnlySpan<float> examples, int count, Span<float> logits) => throw new RetortException("teacher",
        "is asked about texts, and was given numbers.", "texts.", "use Answers.");

    /// <summary>What is asked about texts, for a plan or for the job.</summary>
    /// <exception cref="RetortException">Nobody has said what it costs, or the names do not fit.</exception>
    public static AskingOrder Order(ChatRecipe chat, IReadOnlyList<string> classNames, IReadOnlyList<string> texts)
    {
        var (names, classes) = (NamesOf(chat, classNames), chat.Classes!);
        var list = string.Join(", ", names);
        string Filled(string template) => template.Replace("{classes}", list, StringComparison.Ordinal);
        var template = Filled(classes.Template);
        return ChatOrder.Of(chat, Filled(chat.System ?? ChatClassesRecipe.System),
            texts.Select(text => TextPrompt.Of(template.Replace("{text}", text, StringComparison.Ordinal))),
            new ChatParameters
            {
                Temperature = 0, Seed = 1, TopLogProbabilities = classes.TopLogProbabilities,
                Choices = new ChoiceConstraint(names, classes.Field switch
                {
                    "grammar" => ChoiceField.Grammar,
                    "structured_outputs" => ChoiceField.StructuredOutputs,
                    _ => ChoiceField.None,
                }),
            }) with { Check = ClassAnswer.Check(names) };
    }

    /// <summary>Before money is spent on everything: it has to know more than which class is the most frequent.</summary>
    /// <returns>What was found, one sentence.</returns>
    /// <exception cref="RunFailedException">It does not.</exception>
    public string Check(Dataset validation, Seed seed)
    {
        var sample = validation.Texts!.Drawn(validation, _chat.CheckOn, seed);
        var (said, _) = Ask(sample.Texts!.Texts, smoke: false);
        var right = said.Index().Count(one => one.Item is { } logits && Array.IndexOf(logits, logits.Max()) == sample.Labels[one.Index]);
        var low = new PublishedCounts(right, sample.Count).Wilson.Low;
        var usual = validation.Labels.GroupBy(label => label).Max(group => group.Count()) / (double)validation.Count;
        var found = string.Create(CultureInfo.InvariantCulture, $"{right} of {sample.Count} graded texts right ({100.0 * right / sample.Count:0.0} %, at least {100 * low:0.0} with 97.5 % confidence); always the most frequent class {100 * usual:0.0} %");
        return low > usual ? found : throw new RunFailedException("teacher check", found + ": do not distil.",
            "a teacher that clearly knows more than which class is the most frequent.",
            "ask another teacher or in other words, or a larger sample (teacher.chat.checkOn); what was paid for is kept.");
    }

    /// <summary>[N] logits of each training text; null where nothing usable came. Writes what retort ask writes.</summary>
    /// <exception cref="RunPausedException">A cap is reached.</exception>
    /// <exception cref="RunFailedException">Too many answers are of no use.</exception>
    public IReadOnlyList<float[]?> Labels(Dataset train)
    {
        var (said, job) = Ask(train.Texts!.Texts, smoke: true);
        _kept.Write(job.Items, job.Result, Identity, job.Price);
        return said;
    }

    /// <summary>Logits of a part of the data, [N, C]; where nothing usable came all classes are alike: a guess.</summary>
    /// <param name="data">Texts.</param>
    public (float[] Logits, int Unanswered) Answers(Dataset data)
    {
        var (said, _) = Ask(data.Texts!.Texts, smoke: false);
        return ([.. said.SelectMany(logits => logits ?? new float[Classes])], said.Count(logits => logits is null));
    }

    public void Dispose()
    {
        _kept.Dispose();
        _wire.Dispose();
    }

    private (IReadOnlyList<float[]?> Said, (IReadOnlyList<AskingItem> Items, AskingResult Result, Price Price) Job) Ask(
        IReadOnlyList<string> texts, bool smoke)
    {
        var order = Order(_chat, _names, texts);
        if (!smoke) order = order with { Smoke = 0, MinimumSuccess = 0 };
        var job = new AskingJob(order, _wire, _kept.Journal, _progress, _time);
        var result = job.RunAsync(_stop).GetAwaiter().GetResult();
        return ([.. job.Items.Select(item => _kept.Journal.Record(item.Key) is { State: ItemState.Accepted, Reply: { } reply }
            ? ClassAnswer.Read(reply.Answers[0], _names) : null)], (job.Items, result, order.Price));
    }

    private static IReadOnlyList<string> NamesOf(ChatRecipe chat, IReadOnlyList<string> classNames)
    {
        var names = chat.Classes!.Names.Count == 0 ? classNames : chat.Classes.Names;
        return names.Count == classNames.Count && names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Count ? names
            : throw new RetortException("teacher.chat.classes.names", $"has {names.Distinct(StringComparer.OrdinalIgnoreCase).Count()} different names.",
                $"{classNames.Count}, one for each class in the order of their own names: {string.Join(", ", classNames.Take(6))}.", "correct the list.");
    }
}
