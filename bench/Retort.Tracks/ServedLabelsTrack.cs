using System.Globalization;
using System.Text.Json;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Data.Text;
using Retort.Evaluation.Language;
using Retort.Export;
using Retort.Recipes;
using Retort.Runs;
using Retort.Server;
using Retort.Server.Models;
using Retort.Sources;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Training;

namespace Retort.Tracks;

/// <summary>
/// A teacher behind an API tells the log-probabilities of its tokens. The checkpoint stories260K as a GGUF file, served here or by a
/// llama-server that was started on that file, goes on with the beginnings of 500 stories; each log-probability is compared with our own
/// model's, and a student of a third of the parameters learns from them, beside one that learns the same texts alone.
/// </summary>
internal sealed class ServedLabelsTrack(string folder)
{
    private const string Name = "teacher", Stories = "corpora/tinystories_cased.txt.gz", Checkpoint = "checkpoints/stories260k";
    private const int Prompts = 500, Validation = 50, Test = 200, FirstWords = 12;
    private readonly Bars _bars = new();

    private string TeacherFolder => Path.Combine(folder, Name);
    private string Gguf => Path.Combine(folder, "files", Name + "-f32.gguf");

    /// <param name="url">Of a service that has the GGUF file; null = it is served here.</param>
    /// <param name="model">As the service calls it.</param>
    /// <param name="allowed">Largest difference of a log-probability, in nats.</param>
    /// <param name="overrides">Changes of the recipe, as --set takes them.</param>
    public bool Run(string? url, string model, double allowed, IReadOnlyList<string> overrides)
    {
        WriteTeacher();
        WriteRows();
        Console.WriteLine($"{Gguf} is what a service must have, for instance: llama-server -m {Gguf} --alias {Name} -c 2048 -np 4");
        if (url is not null) Work(url, model, allowed, overrides);
        else ServeAsync(allowed, overrides).GetAwaiter().GetResult();
        return _bars.AllMet;
    }

    private async Task ServeAsync(double allowed, IReadOnlyList<string> overrides)
    {
        using var device = new CpuDevice(1);
        using var served = ServedModel.Open(Gguf, device);
        await using var server = await ModelServer.StartAsync(served, new ServerOptions { Name = Name, Port = 0 }, TimeProvider.System);
        await Task.Run(() => Work($"{server.Url}v1", Name, allowed, overrides));
    }

    private void Work(string url, string model, double allowed, IReadOnlyList<string> overrides)
    {
        var run = Path.Combine(folder, "run");
        if (Directory.Exists(run)) Directory.Delete(run, recursive: true);
        var recipe = RecipeReader.Read(RecipeText(url, model), "served-labels.yaml", [.. overrides, "threads=1"]);
        RecipeCheck.Check(recipe, "served-labels.yaml");
        LanguageResult result;
        using (var path = Distillation.Open(recipe, ".", run, resume: false, new Progress<StageProgress>(), TimeProvider.System))
            result = (LanguageResult)path.Run(CancellationToken.None);
        foreach (var (name, note) in result.Notes!) Console.WriteLine($"{name}: {note}");
        var data = TextDataReader.Read(recipe.Data, ".", null, recipe.Seed);
        using var device = new CpuDevice(1);
        using var teacher = LanguageCheckpoint.Load(TeacherFolder, device);
        var asked = new AskedTexts(data, recipe.Teacher.Members[0].Chat!, recipe.Labels, Path.Combine(run, "asked"),
            new Progress<StageProgress>(), TimeProvider.System).Ask(null, CancellationToken.None); // everything is kept: nobody is asked again
        var found = EntryComparison.Of(teacher.Model, data, asked.Train, device);
        Console.WriteLine(found);
        _bars.Check("prompts with an answer", asked.Train.Count(answer => answer is not null), Prompts, Prompts);
        _bars.Check("log-probabilities compared, in millions", found.Compared / 1e6, 0.1, double.PositiveInfinity);
        _bars.Check("largest difference of a log-probability, nats", found.Largest, 0, allowed);
        var texts = TextsAlone(recipe, data, run, device);
        using var alone = LanguageCheckpoint.Load(texts, device);
        var tokens = data.Test.Targets;
        double LossOf(LanguageCheckpoint one) => TokenPredictor.Losses(one.Model, data.Test.Documents, data.ContextLength,
            data.Tokenizer.Tokenizer.Size, device).Sum() / tokens;
        double student = result.Student.Loss!.Value, hard = LossOf(alone);
        var parameters = result.Student.Facts!.Parameters / (double)teacher.Model.Weights.Count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"nats a token on {data.Test.Count} other stories: teacher {LossOf(teacher):0.000}; ")
            + string.Create(CultureInfo.InvariantCulture, $"a student of {parameters:0.00} of its parameters from its log-probabilities {student:0.000}, from its texts alone {hard:0.000}, ")
            + string.Create(CultureInfo.InvariantCulture, $"from as many stories of the data {result.Baseline.Loss:0.000}"));
        _bars.Check("share of the teacher's parameters", parameters, 0, 1.0 / 3);
        _bars.Check("nats a token better than from the texts alone", hard - student, 0, double.PositiveInfinity);
    }

    /// <summary>The same student, first weights and texts; the better of two rates and two lengths on the validation part.</summary>
    private static string TextsAlone(Recipe recipe, TextData data, string run, CpuDevice device)
    {
        var seed = new Seed(recipe.Seed);
        var (documents, _) = new TeacherTexts(data, recipe.Labels.Answers!, seed, new Progress<StageProgress>())
            .Read(Path.Combine(run, "labels"));
        var target = Path.Combine(run, "texts-alone");
        Directory.CreateDirectory(Path.Combine(run, "texts"));
        using var events = EventLog.Open(Path.Combine(run, "texts-alone.jsonl"), TimeProvider.System);
        var fitting = new LanguageFitting(device, data, events, new Progress<StageProgress>(), TimeProvider.System);
        var fit = new Fit("texts-alone", "train", recipe.Student.Model, recipe.Student.Training, [ObjectiveRecipe.HardLabel(0)], [], null,
            seed.Derive("student"), target, "") { Tokens = new TokenLessons(documents) };
        var chosen = new BaselineSearch(fitting, Path.Combine(run, "texts")).Run(fit, recipe.Baseline with { HalfSteps = true },
            CancellationToken.None);
        Console.WriteLine("texts alone: " + chosen);
        return target;
    }

    /// <summary>With its tokenizer as others read it, the token that it was taught to end with, and a template that adds nothing.</summary>
    private void WriteTeacher()
    {
        var source = DataPath.FindFolder(Checkpoint, ".");
        var tokenizer = TextTokenizer.Open(source);
        using var device = new CpuDevice(1);
        using var checkpoint = LanguageCheckpoint.Load(source, device);
        (checkpoint with { Config = checkpoint.Config with { EndTokens = [.. tokenizer.Ends] } }).Save(TeacherFolder);
        tokenizer.WriteTo(TeacherFolder);
        var beginning = tokenizer.Tokenizer.Token(checkpoint.Config.BeginToken!.Value);
        File.WriteAllText(Path.Combine(TeacherFolder, Conversation.Configuration),
            JsonSerializer.Serialize(new Dictionary<string, string>
            {
                ["bos_token"] = beginning!, ["tokenizer_class"] = "PreTrainedTokenizerFast",
            }));
        File.WriteAllText(Path.Combine(TeacherFolder, Conversation.TemplateFile),
            "{{ bos_token }}{% for message in messages %}{{ message['content'] }}{% endfor %}");
        ModelExport.Write(TeacherFolder, Path.GetDirectoryName(Gguf)!, [ExportFormat.Parse("gguf:f32", "")], device);
    }

    /// <summary>The first words of a story are the prompt, and the others its answer.</summary>
    private void WriteRows()
    {
        var rows = TextRow.Read(DataPath.Find(Stories, ".")[0]).Select(row => row.Text!.Split(' '))
            .Where(words => words.Length > 2 * FirstWords)
            .Take(Prompts + Validation + Test).Select(words => JsonSerializer.Serialize(new Dictionary<string, string>
            {
                ["prompt"] = string.Join(' ', words.Take(FirstWords)), ["completion"] = string.Join(' ', words.Skip(FirstWords)),
            }));
        File.WriteAllLines(Path.Combine(folder, "rows.jsonl"), rows);
    }

    private string RecipeText(string url, string model) => $$"""
        name: served-labels
        data:
          source: text
          path: {{Path.Combine(folder, "rows.jsonl")}}
          tokenizer: {{TeacherFolder}}
          contextLength: 256
          tooLong: cut
          train: {{Prompts}}
          validation: {{Validation}}
          test: {{Test}}
        teacher:
          source: chat
          licence: MIT
          chat: { endpoint: "{{url}}", model: {{model}}, newTokens: 96, priceIn: 0, priceOut: 0, concurrency: 8 }
        labels: { kind: top-k, keep: 20, answers: { temperature: 1 } }
        student:
          model: { kind: gpt, width: 64, layers: 2, heads: 4, keyValueHeads: 2, hidden: [56], tiedHead: true }
          training: { epochs: 10, batchSize: 8, learningRate: 0.004, warmupSteps: 50, clipNorm: 1, weightDecay: 0.01 }
          objective:
            - { name: soft-label, softWeight: 1 }
        baseline: { learningRates: [0.002, 0.004], reason: the data's own answers at two rates and two lengths }
        evaluation: { margin: 0.01 }
        export: [safetensors, gguf]

        """;
}
