using System.Globalization;
using System.Text.Json;
using Retort.Data;
using Retort.Data.Text;
using Retort.Evaluation.Language;
using Retort.Labels;
using Retort.Recipes;
using Retort.Runs;
using Retort.Server;
using Retort.Server.Models;
using Retort.Sources;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Tracks;

/// <summary>
/// The recipe judged-tales against a judge that is trained here and served on loopback: a small gpt that has read many stories with the
/// word whole behind them, and others, in which words were exchanged for others of their kind, with the word broken; asked by chat
/// completions which word follows, it says how likely each is. No checker has a part in it: some altered stories are stories still, and
/// it learns them as broken. The students' stories are looked at by the checker afterwards, and nobody learns from that.
/// </summary>
/// <param name="folder">Of all runs; what is finished is not done again.</param>
internal sealed class JudgedRoundsTrack(string folder)
{
    private const string Name = "judged-tales", Whole = "whole", Broken = "broken";
    private const int Stories = 12000, Held = 300, MostExchanged = 3, PromptWords = 4;

    private readonly Bars _bars = new();
    private (string Story, bool Whole)[] _held = [];

    /// <param name="seed">Of world, judge, student and draws.</param>
    /// <param name="overrides">Changes of the recipe, as --set takes them.</param>
    public bool Run(ulong seed, IReadOnlyList<string> overrides)
    {
        var started = TimeProvider.System.GetTimestamp();
        var judge = Judge(seed);
        Console.WriteLine(Invariant($"judge trained after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s"));
        using var device = new CpuDevice(1);
        using var served = ServedModel.Open(judge, device);
        var server = ModelServer.StartAsync(served, new ServerOptions { Name = "judge", Port = 0 }, TimeProvider.System)
            .GetAwaiter().GetResult();
        try
        {
            foreach (var objective in (string[])["best-of-n", "hard-label", "direct-preference"])
            {
                var result = One(seed, objective, server.Url, overrides);
                Console.WriteLine(Invariant($"{TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s so far"));
                if (objective != "best-of-n") continue;
                var last = result.Judged!.WinRates.Single(rate => rate.Student.EndsWith("round 2", StringComparison.Ordinal)
                    && rate.Against.EndsWith("before the rounds", StringComparison.Ordinal));
                _bars.Check("judged win rate after two rounds, lower end of its interval, %", 100 * last.Interval.Low, 50, 100);
            }
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        return _bars.AllMet;
    }

    private LanguageResult One(ulong seed, string objective, Uri address, IReadOnlyList<string> overrides)
    {
        string[] settings = [$"seed={seed}", "threads=1", $"student.objective=[{{name: {objective}}}]",
            .. objective == "direct-preference" ? (string[])["data.contextLength=80"] : [], .. overrides]; // both stories of a pair in a row
        Recipe Read(params string[] more) => RecipeReader.Read(Catalog.ReadShipped(Name).Text, Name + ".yaml", [.. settings, .. more]);
        // the server has another port each time, and the run is another one then: nothing of an earlier one is gone on with
        var run = Path.Combine(Directory.CreateTempSubdirectory("retort-judged-rounds-").FullName, objective);
        var recipe = Read($"teacher.chat.endpoint={address}v1");
        RecipeCheck.Check(recipe, Name + ".yaml");
        using var path = Distillation.Open(recipe, ".", run, resume: false, new Progress<StageProgress>(), TimeProvider.System);
        path.Label(CancellationToken.None);
        path.Train(CancellationToken.None);
        var result = (LanguageResult)path.Eval(CancellationToken.None);
        if (_held.Length > 0)
        {
            var grades = Grades(recipe, Path.Combine(folder, $"judge-{seed}", $"asked-{address.Port}"), 
                [.. _held.Select(one => Parted(one.Story))]);
            Console.WriteLine(Invariant($"the judge is right about {100 * _held.Zip(grades).Average(pair => pair.First.Whole == pair.Second > 0.5 ? 1.0 : 0):0.0} % of {_held.Length} stories, half of them altered, that it has not read"));
            _held = [];
        }
        Console.WriteLine($"\n{objective}");
        foreach (var (name, text) in result.Notes!.Where(note => note.Key is "judge check" or "asking" || note.Key.StartsWith("round", StringComparison.Ordinal)))
            Console.WriteLine($"  {name}: {text}");
        foreach (var warning in result.Warnings) Console.WriteLine($"  warning: {warning}");
        foreach (var student in result.Judged!.Students)
            Console.WriteLine(Invariant($"  {student.Name}: {100 * student.Right:0.0} % hold together (checker), {100 * student.Distinct:0.0} % different pairs of words, self-BLEU {100 * student.SelfBleu:0.0}"));
        foreach (var rate in result.Judged.WinRates) Console.WriteLine($"  {rate.Text}");
        Agreement(recipe, run);
        return result;
    }

    /// <summary>How often the judge says of held-out stories what the checker says, against how often it would by chance.</summary>
    private static void Agreement(Recipe recipe, string run)
    {
        WrittenAnswer[] said = [.. Directory.EnumerateDirectories(Path.Combine(run, "labels", "held-out")).Order(StringComparer.Ordinal)
            .SelectMany(student => AnswerFile.Read(student).Answers).Where(answer => answer.Ended)];
        var whole = Grades(recipe, Path.Combine(run, "asked"), [.. said.Select(answer => (answer.Prompt, answer.Text))]);
        var agrees = said.Zip(whole).Average(pair => pair.First.Right == pair.Second > 0.5 ? 1.0 : 0);
        var (right, yes) = (said.Average(answer => answer.Right == true ? 1.0 : 0), whole.Average(share => share > 0.5 ? 1.0 : 0));
        var chance = right * yes + (1 - right) * (1 - yes);
        Console.WriteLine(Invariant($"  judge and checker agree on {100 * agrees:0.0} % of {said.Length} held-out stories (kappa {(agrees - chance) / (1 - chance):0.00}); {100 * right:0.0} % hold together, the judge says so of {100 * yes:0.0} %"));
    }

    private static double[] Grades(Recipe recipe, string asked, IReadOnlyList<(string Prompt, string Answer)> answers) =>
        [.. new AskedJudge(recipe.Teacher.Members[0].Chat!, recipe.Student.Rounds!.Judge, asked, new Progress<StageProgress>(),
            TimeProvider.System).Grades(answers, CancellationToken.None).Select(grade => grade ?? double.NaN)];

    /// <returns>The folder of the judge.</returns>
    private string Judge(ulong seed)
    {
        var here = Path.Combine(folder, $"judge-{seed}");
        Directory.CreateDirectory(here);
        var recipe = RecipeReader.Read(Catalog.ReadShipped(Name).Text, Name, [$"seed={seed}", $"data.teacherTrain={Stories}"]);
        var data = TextDataReader.Read(recipe.Data, ".", null, recipe.Seed);
        var draws = new Seed(seed).Derive("exchange");
        string[] stories = [.. data.ForTeacher.Documents.Select(document => data.Tokenizer.Tokenizer.Decode(document.Tokens[..^1]))];
        string[] altered = [.. stories.Select((story, i) => Altered(story, draws.Derive((ulong)i)))];
        _held = [.. stories[..Held].Select(story => (story, true)), .. altered[..Held].Select(story => (story, false))];
        File.WriteAllLines(Path.Combine(here, "stories.jsonl"), stories.Zip(altered).Skip(Held).SelectMany(pair => (string[])[
            JsonSerializer.Serialize(new { text = $"{pair.First} {Whole}" }),
            JsonSerializer.Serialize(new { prompt = pair.Second, completion = $" {Broken}" })]));
        var run = Path.Combine(here, "run");
        var asked = RecipeReader.Read($$"""
            name: judge
            seed: {{seed}}
            threads: 1
            data: {source: text, path: "{{Path.Combine(here, "stories.jsonl")}}", contextLength: 64, vocabulary: 700, validation: 200, test: 200}
            teacher:
              source: train
              model: {kind: gpt, width: 64, layers: 2, heads: 4, tiedHead: true}
              training: {epochs: 4, batchSize: 32, learningRate: 0.003, schedule: linear, warmupSteps: 50, clipNorm: 1, weightDecay: 0.01}
            labels: {kind: live}
            student:
              model: {kind: gpt, width: 8, layers: 1, heads: 1}
            """, "judge.yaml");
        using var path = Distillation.Open(asked, ".", run, resume: true, new Progress<StageProgress>(), TimeProvider.System);
        path.Label(CancellationToken.None);
        var judge = Path.Combine(run, "teacher", "0");
        File.WriteAllText(Path.Combine(judge, "chat_template.jinja"), "{{ messages[-1].content }}"); // what is asked, and nothing around it
        return judge;
    }

    private static (string Prompt, string Answer) Parted(string story)
    {
        var prompt = string.Join(' ', story.Split(' ')[..PromptWords]);
        return (prompt, story[prompt.Length..]);
    }

    /// <summary>One to three words of it stand no longer there, but others of their kinds.</summary>
    private static string Altered(string story, Seed draw)
    {
        var words = story.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int[] places = [.. Enumerable.Range(0, words.Length).Where(place => TalesWorld.Kinds.Any(kind => kind.Contains(words[place])))];
        for (var times = 1 + draw.Below(MostExchanged, 0); times > 0; times--)
        {
            var place = places[draw.Below(places.Length, (ulong)times, 1)];
            string[] others = [.. TalesWorld.Kinds.First(kind => kind.Contains(words[place])).Where(word => word != words[place])];
            words[place] = others[draw.Below(others.Length, (ulong)times, 2)];
        }
        return string.Join(' ', words);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
