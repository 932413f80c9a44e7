using System.Globalization;
using System.Text.Json;
using Retort.Data;
using Retort.Evaluation.Language;
using Retort.Labels;
using Retort.Recipes;
using Retort.Runs;
using Retort.Server;
using Retort.Server.Models;
using Retort.Sources;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Tracks;

/// <summary>
/// The recipe judged-tales against a judge with a taste, trained here and served on loopback: a small encoder that has read stories, each
/// marked glad (it ends with kept, loved or shared) or sad, and says which a story is, with its probability, by chat completions. It knows
/// nothing of whether a story holds together: the checker looks at that afterwards, and nobody learns from it. (A judge of this size of
/// whether stories hold together was tried and could not tell: docs/log.md.)
/// </summary>
/// <param name="folder">Of all runs; what is finished is not done again.</param>
internal sealed class JudgedRoundsTrack(string folder)
{
    private const string Name = "judged-tales", Glad = "glad", Sad = "sad";
    private const int Stories = 4000;
    private static readonly string[] ends = ["kept", "loved", "shared"];

    private readonly Bars _bars = new();

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

    /// <summary>Shares of the held-out stories that end gladly, student by student, and whether the judge sees it.</summary>
    private static void Agreement(Recipe recipe, string run)
    {
        WrittenAnswer[][] said = [.. Directory.EnumerateDirectories(Path.Combine(run, "labels", "held-out")).Order(StringComparer.Ordinal)
            .Select(student => AnswerFile.Read(student).Answers.ToArray())];
        Console.WriteLine("  end gladly, %: " + string.Join(", ", said.Select(answers =>
            Invariant($"{100 * answers.Average(answer => EndsGladly(answer.Text) ? 1.0 : 0):0.0}"))) + " (in the order above)");
        WrittenAnswer[] ended = [.. said.SelectMany(answers => answers).Where(answer => answer.Ended)];
        var grades = Grades(recipe, Path.Combine(run, "asked"), [.. ended.Select(answer => (answer.Prompt, answer.Text))]);
        var agrees = ended.Zip(grades).Average(pair => EndsGladly(pair.First.Text) == pair.Second > 0.5 ? 1.0 : 0);
        Console.WriteLine(Invariant($"  the judge is right about {100 * agrees:0.0} % of {ended.Length} held-out stories"));
    }

    private static bool EndsGladly(string story) => story.Split(' ').Any(ends.Contains);

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
        var stories = data.ForTeacher.Documents.Select(document => data.Tokenizer.Tokenizer.Decode(document.Tokens[..^1]));
        File.WriteAllLines(Path.Combine(here, "stories.jsonl"), stories.Select(text =>
            JsonSerializer.Serialize(new { text, label = EndsGladly(text) ? Glad : Sad })));
        var run = Path.Combine(here, "run");
        var asked = RecipeReader.Read($$"""
            name: judge
            seed: {{seed}}
            threads: 1
            data: {source: text-classes, path: "{{Path.Combine(here, "stories.jsonl")}}", contextLength: 96, vocabulary: 600, validation: 300, test: 300}
            teacher:
              source: train
              model: {kind: bert, width: 32, layers: 1, heads: 2}
              training: {epochs: 4, batchSize: 32, learningRate: 0.003, schedule: cosine, warmupSteps: 20, clipNorm: 1, weightDecay: 0.01}
            labels: {kind: live}
            student:
              model: {kind: bert, width: 8, layers: 1, heads: 1}
            """, "judge.yaml");
        using var path = Distillation.Open(asked, ".", run, resume: true, new Progress<StageProgress>(), TimeProvider.System);
        path.Label(CancellationToken.None);
        return Path.Combine(run, "teacher", "0");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
