using Retort.Checkpoints;
using Retort.Data;
using Retort.Data.Text;
using Retort.Evaluation.Language;
using Retort.Nn.Generation;
using Retort.Recipes;
using Retort.Runs;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;

namespace Retort.Tracks;

/// <summary>A shipped recipe of texts with changes, labelled and trained on one thread; what is finished is not done again.</summary>
internal sealed class TrainedTexts
{
    /// <param name="name">Of the recipe.</param>
    /// <param name="folder">Of all runs; each has its own, by its recipe.</param>
    /// <param name="overrides">As --set takes them.</param>
    /// <param name="examine">The test part is read, too.</param>
    public TrainedTexts(string name, string folder, IReadOnlyList<string> overrides, bool examine = false)
    {
        Recipe = RecipeReader.Read(Catalog.ReadShipped(name).Text, name + ".yaml", [.. overrides, "threads=1"]);
        RecipeCheck.Check(Recipe, name + ".yaml");
        Folder = Path.Combine(folder, RecipeWriter.Hash(Recipe)[..12]);
        using var path = Distillation.Open(Recipe, ".", Folder, resume: true, new Progress<StageProgress>(), TimeProvider.System);
        path.Label(CancellationToken.None);
        path.Train(CancellationToken.None);
        if (examine) Result = (LanguageResult)path.Eval(CancellationToken.None);
    }

    public Recipe Recipe { get; }
    public string Folder { get; }
    public string Teacher =>
        Recipe.Teacher.Members[0] is { Source: "checkpoint", Path: var path } ? path : Path.Combine(Folder, "teacher", "0");
    public string Student => Path.Combine(Folder, "student");

    /// <summary>Of the examination; null = there was none.</summary>
    public LanguageResult? Result { get; }

    /// <summary>The texts of another recipe's data section, with the same tokens.</summary>
    public TextData Data => TextDataReader.Read(Recipe.Data, ".", null, Recipe.Seed);

    /// <summary>Share of test prompts that a model in a folder answers rightly, the likeliest token each time; in per cent.</summary>
    public static double ExactMatch(string model, TextData data)
    {
        using var device = new CpuDevice(1);
        using var checkpoint = LanguageCheckpoint.Load(model, device);
        return 100 * new RightAnswers(data, default).ShareOf(checkpoint.Model);
    }

    /// <summary>What a model says about the test documents' tokens.</summary>
    /// <returns>
    /// Nats a token; error of calibration, 15 bins; share of tokens on which it is wrong with 0.9 or more. The last two in per cent.
    /// </returns>
    public static (double Loss, double CalibrationError, double ConfidentlyWrong) Tokens(string model, TextData data)
    {
        const int Bins = 15, Rows = 16;
        using var device = new CpuDevice(1);
        using var checkpoint = LanguageCheckpoint.Load(model, device);
        using var step = new Step(device);
        var block = new TokenBlock(Rows, data.ContextLength);
        var (loss, tokens, wrong, gaps) = (0.0, 0, 0, new double[Bins]);
        foreach (var group in data.Test.Documents.Chunk(Rows))
        {
            block.Fill([.. group.Select(document => (IReadOnlyList<TextDocument>)[document])]);
            var places = block.Counted(..);
            step.Begin(training: false);
            var said = step.LogSoftmax(step.Linear(TokenPredictor.Hidden(step, checkpoint.Model, block, places), checkpoint.Model.Head));
            var (logarithms, vocabulary) = (device.ToFloats(said), (int)said.Shape[1]);
            for (var i = 0; i < places.Length; i++)
            {
                var row = logarithms.AsSpan(i * vocabulary, vocabulary);
                var (target, likeliest) = (block.Next(..)[places[i]], 0);
                for (var id = 1; id < vocabulary; id++) if (row[id] > row[likeliest]) likeliest = id;
                var confidence = Math.Exp(row[likeliest]);
                loss -= row[target];
                tokens++;
                gaps[Math.Min(Bins - 1, (int)(confidence * Bins))] += (likeliest == target ? 1 : 0) - confidence;
                if (likeliest != target && confidence >= 0.9) wrong++;
            }
        }
        return (loss / tokens, 100 * gaps.Sum(Math.Abs) / tokens, 100.0 * wrong / tokens);
    }

    /// <summary>Several answers to each of the first prompts, drawn at temperature 1; all in per cent.</summary>
    /// <returns>
    /// Share that is right; how many of the answers to a prompt are unlike (100 = all, 100 / answers = none); share of the data's answers
    /// whose first sentence is that of an answer to the same prompt.
    /// </returns>
    public static (double Right, double Distinct, double Covered) Drawn(string model, TextData data, int prompts, int answers)
    {
        using var device = new CpuDevice(1);
        using var checkpoint = LanguageCheckpoint.Load(model, device);
        var answering = new Answering(data, new Sampling(), new Seed(1));
        TextDocument[] asked = [.. data.Test.Documents.Take(prompts)];
        var said = asked.Select(_ => new List<string>()).ToArray();
        foreach (var group in Answering.Groups(asked))
            for (var number = 0; number < answers; number++)
                foreach (var (place, answer) in answering.Of(checkpoint.Model, asked, group, number).Index())
                    said[group[place]].Add(answering.TextOf(answer.Tokens));
        (string Prompt, string Answer)[] texts =
            [.. asked.Select(document => (answering.TextOf(document.Prompt), answering.TextOf(document.Answer)))];
        var begun = texts.Zip(said, (text, all) => all.Select(answer => (text.Prompt, Sentence(answer))))
            .SelectMany(one => one).ToHashSet();
        return (100.0 * texts.Zip(said, (text, all) => all.Count(answer => data.Check!.IsRight(text.Prompt, text.Answer, answer))).Sum()
                / (asked.Length * answers),
            100 * said.Average(all => (double)all.Distinct().Count() / answers),
            100.0 * texts.Count(text => begun.Contains((text.Prompt, Sentence(text.Answer)))) / asked.Length);
    }

    /// <summary>What is wrong first with the likeliest stories of a model, the usual faults first, with their shares in per cent.</summary>
    public static string Faults(string model, TextData data, int prompts)
    {
        using var device = new CpuDevice(1);
        using var checkpoint = LanguageCheckpoint.Load(model, device);
        var (answering, check, faults) = (new Answering(data, null, default), (TaleCheck)data.Check!, new List<string>());
        TextDocument[] asked = [.. data.Test.Documents.Take(prompts)];
        foreach (var group in Answering.Groups(asked))
            foreach (var (place, answer) in answering.Of(checkpoint.Model, asked, group).Index())
                if (check.Fault(answering.TextOf(asked[group[place]].Prompt) + " " + answering.TextOf(answer.Tokens)) is { } fault)
                    faults.Add(fault);
        return string.Join("; ", faults.GroupBy(fault => fault).OrderByDescending(same => same.Count()).Take(4)
            .Select(same => FormattableString.Invariant($"{same.Key} {100.0 * same.Count() / asked.Length:0.0} %")));
    }

    private static string Sentence(string text) => text.Split(" .")[0];
}
