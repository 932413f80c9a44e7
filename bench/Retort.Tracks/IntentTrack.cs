using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Data.Text;
using Retort.Evaluation;
using Retort.Formats.Tokenizers;
using Retort.Recipes;
using Retort.Runs;
using Retort.Server;
using Retort.Server.Models;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Training;

namespace Retort.Tracks;

/// <summary>
/// The recipe intent-from-llm against a teacher that stands behind retort serve's own server: what of it is kept, how much faster the
/// student is, and whether the bill is what the server counted.
/// </summary>
/// <param name="folder">Of its files.</param>
/// <param name="seed">Of teacher and student.</param>
internal sealed class IntentTrack(string folder, ulong seed)
{
    private const double LeastKept = 0.97, LeastFaster = 10;
    private const decimal PriceIn = 2.5m, PriceOut = 10m; // dollars for a million tokens, a table of our own
    private const int Timed = 400, Warming = 40;

    private readonly Bars _bars = new();

    /// <summary>Whether the bars are met.</summary>
    /// <param name="overrides">Changes of the recipe, as --set takes them; then only validation questions are looked at.</param>
    public bool Run(IReadOnlyList<string> overrides)
    {
        var teacher = new IntentTeacher(folder, seed);
        using var device = new CpuDevice(1);
        using var served = ServedModel.Open(teacher.Folder, device);
        RunAsync(teacher, served, overrides).GetAwaiter().GetResult();
        return _bars.AllMet;
    }

    private async Task RunAsync(IntentTeacher teacher, ServedModel served, IReadOnlyList<string> overrides)
    {
        await using var server = await ModelServer.StartAsync(served, new ServerOptions { Name = "teacher", Port = 0 }, TimeProvider.System);
        using var client = new HttpClient { BaseAddress = server.Url };
        var recipe = RecipeReader.Read(Catalog.ReadShipped("intent-from-llm").Text, "intent-from-llm.yaml", [.. overrides, $"data.path={teacher.Asked}", $"seed={seed}", "threads=1",
            $"teacher.chat.endpoint={server.Url}v1", FormattableString.Invariant($"teacher.chat.priceIn={PriceIn}"), FormattableString.Invariant($"teacher.chat.priceOut={PriceOut}"),
            "teacher.chat.concurrency=4", "teacher.chat.classes.probe=500"]);
        RecipeCheck.Check(recipe, "intent-from-llm.yaml");
        var run = Path.Combine(folder, $"run-{seed}-{RecipeWriter.Hash(recipe)[..8]}");
        if (Directory.Exists(run)) Directory.Delete(run, recursive: true);
        if (overrides.Count > 0)
        {
            using var look = Distillation.Open(recipe, ".", run, resume: false, new Progress<StageProgress>(), TimeProvider.System);
            look.Label(CancellationToken.None);
            look.Train(CancellationToken.None);
            foreach (var name in (string[])["student", "baseline"]) Look(run, name, recipe);
            return;
        }
        EvaluationResult result;
        using (var path = Distillation.Open(recipe, ".", run, resume: false, new Progress<StageProgress>(), TimeProvider.System))
            result = (EvaluationResult)path.Run(CancellationToken.None);
        Say(result);
        _bars.Check("student's share of the teacher's accuracy", result.Student.Accuracy / result.Teacher.Accuracy, LeastKept, double.PositiveInfinity);
        await BillAsync(client, run);
        await SpeedAsync(client, teacher, run);
    }

    /// <summary>Validation accuracy and calibration of a model of the run.</summary>
    private static void Look(string run, string name, Recipe recipe)
    {
        using var device = new CpuDevice(1);
        var data = DatasetReader.Read(recipe.Data, ".", recipe.Seed);
        var (module, _) = ModelCheckpoint.Load(Path.Combine(run, name), device);
        using (module)
        {
            var (score, loss) = Validation.Measure(Predictor.Logits(module, data.Validation, device), data.Validation);
            Console.WriteLine(FormattableString.Invariant($"validation: {name} {100 * score:0.00} %, {loss:0.000} nats"));
        }
    }

    private static void Say(EvaluationResult result)
    {
        foreach (var model in (ModelResult[])[result.Teacher, result.Student, result.Baseline])
            Console.WriteLine(FormattableString.Invariant($"{model.Name,-9} {100 * model.Accuracy:0.00} %, ECE {model.Ece:0.000}")
                + (model.BestTemperature is { } t ? FormattableString.Invariant($", {model.EceAtBestTemperature:0.000} at T = {t:0.00} of validation") : ""));
        foreach (var row in result.Disturbed ?? [])
            Console.WriteLine(FormattableString.Invariant($"{row.Name} ({row.Examples} texts): teacher {100 * row.Teacher:0.0} %, student {100 * row.Student:0.0} %, known classes alone {100 * row.Baseline:0.0} %"));
        foreach (var (name, text) in result.Notes ?? new Dictionary<string, string>()) Console.WriteLine($"{name}: {text}");
        Console.WriteLine(result.Verdict.Text);
    }

    /// <summary>The server has counted for itself: its requests and tokens at our prices, against the run's own bill.</summary>
    private async Task BillAsync(HttpClient client, string run)
    {
        var metrics = await client.GetStringAsync("metrics");
        long Count(string name) =>
            Line(name).Matches(metrics).Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        var (input, output) = (Count("retort_prompt_tokens_total"), Count("retort_answer_tokens_total"));
        var owed = (input * PriceIn + output * PriceOut) / 1_000_000m;
        using var folder = Asking.AskingFolder.Open(Path.Combine(run, "asked"));
        var (spent, worst) = folder.Journal.Spent();
        Console.WriteLine(FormattableString.Invariant($"bill: {spent.Requests} requests, {spent.Input} + {spent.Output} tokens, ${spent.Dollars}; the server counted {input} + {output} tokens: ${owed}; {worst.Requests} at their worst case"));
        _bars.Check("cents between the bill and the server's count at the same prices", (double)Math.Abs(100 * (spent.Dollars - owed)), 0, 0.5);
    }

    private static Regex Line(string name) => new($"^{Regex.Escape(name)}(?:{{[^}}]*}})? (\\d+)$", RegexOptions.Multiline);

    /// <summary>One text after the other, in turns: model beside model, and endpoint beside endpoint.</summary>
    private async Task SpeedAsync(HttpClient client, IntentTeacher teacher, string run)
    {
        using CpuDevice one = new(1), other = new(1), third = new(1);
        using var large = EncoderCheckpoint.Load(teacher.Folder, one);
        var tokenizer = TokenizerFolder.Read(teacher.Folder);
        var (small, description) = ModelCheckpoint.Load(Path.Combine(run, "export"), other);
        using var student = small;
        var hashing = new NGramHashing(description.Model.Vocabulary);
        using var served = ServedModel.Open(Path.Combine(run, "export"), third);
        await using var server = await ModelServer.StartAsync(served, new ServerOptions { Name = "student", Port = 0 }, TimeProvider.System);
        using var own = new HttpClient { BaseAddress = server.Url };
        using Step its = new(one), mine = new(other);
        string[] texts = [.. TextsOfTest(teacher.Asked)];
        var times = new List<double>[4];
        for (var i = 0; i < times.Length; i++) times[i] = [];
        for (var i = -Warming; i < Timed; i++)
        {
            var text = texts[(i + Warming) * 7 % texts.Length];
            double[] taken =
            [
                await TimedAsync(() => Task.FromResult(Answer(its, large.Model, [.. tokenizer.Encode(text).Ids]))),
                await TimedAsync(() => Task.FromResult(Answer(mine, student, hashing.Encode(text)))),
                await TimedAsync(() => AskAsync(client, "teacher", text)), await TimedAsync(() => AskAsync(own, "student", text)),
            ];
            for (var kind = 0; kind < 4 && i >= 0; kind++) times[kind].Add(taken[kind]);
        }
        double[] median = [.. times.Select(taken => LatencyFacts.Of(taken).P50)];
        Console.WriteLine(FormattableString.Invariant($"one text, median of {Timed}: teacher {median[0]:0.000} ms, student {median[1]:0.000} ms (from text to probabilities); ")
            + FormattableString.Invariant($"through an endpoint on this machine {median[2]:0.000} and {median[3]:0.000} ms"));
        _bars.Check("times faster, bare student against bare teacher", median[0] / median[1], LeastFaster, double.PositiveInfinity);
        _bars.Check("times faster as they are used, student in the process against the teacher's endpoint", median[2] / median[1], LeastFaster, double.PositiveInfinity);
        Console.WriteLine(FormattableString.Invariant($"endpoint against endpoint {median[2] / median[3]:0.0} times: most of the student's is HTTP"));
    }

    private static IEnumerable<string> TextsOfTest(string path) =>
        System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(path))!["test"]!.AsArray().Select(row => row![0]!.GetValue<string>());

    private static float[] Answer(Step step, Nn.Module model, int[] ids)
    {
        step.Begin(training: false);
        return step.Device.ToFloats(model.Forward(step, step.Constant(new Shape(1, ids.Length), ids.AsSpan())));
    }

    private static async Task<float[]> AskAsync(HttpClient client, string model, string text)
    {
        using var answer = await client.PostAsJsonAsync("v1/chat/completions",
            new { model, messages = new[] { new { role = "user", content = text } }, max_tokens = 16, logprobs = true, top_logprobs = 20 });
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsStringAsync();
        return [];
    }

    private static async Task<double> TimedAsync(Func<Task<float[]>> work)
    {
        var started = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }
}
