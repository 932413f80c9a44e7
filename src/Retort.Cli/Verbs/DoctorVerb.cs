using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Retort.Checkpoints;
using Retort.Cli.Screens;
using Retort.Data.Text;
using Retort.Diagnosis;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Cli.Verbs;

internal static class DoctorVerb
{
    private const string EnergyMeter = "/sys/class/powercap/intel-rapl:0/energy_uj";

    private const string Lesson = """
        Examples:
          retort doctor
          retort doctor mine.yaml
          retort doctor hf:ORG/TEACHER student.gguf --rows rows.jsonl

        Alone: what this machine offers, and what is missing for which part. Nothing of it is needed for 'retort run'.
        With a recipe of texts, or with two language models: whether the one can learn from the other, before hours are spent on it:
        ids of the tokenizers, rows that are nobody's, special tokens, chat templates, what of a row is learnt, whether a student that is
        its teacher has no loss, what truncated labels would lose, texts that are cut, test texts that were trained on.
        Exit code 2 when something would stop a run. It leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var what = new Argument<string[]>("WHAT")
        {
            Description = "Nothing: this machine. One: a recipe. Two: teacher and student, each " + ModelOptions.ModelText,
            Arity = new ArgumentArity(0, 2),
        };
        var rows = new Option<string?>("--rows") { Description = "Texts that two models are compared on (.jsonl or .txt).", HelpName = "FILE" };
        var set = RecipeOptions.NewSet();
        var json = RecipeOptions.NewJson();
        var verb = new Verb("doctor", "Looks at the machine, at a recipe, or at a teacher and its student.", Lesson) { what, rows, set, json };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () => (parsed.GetValue(what) ?? []) switch
            {
                [] => Machine(screen),
                [var recipe] => OfRecipe(surroundings, screen, recipe, parsed.GetValue(set)!),
                [var teacher, var student, ..] => OfPair(surroundings, screen, teacher, student, parsed.GetValue(rows)),
            });
        });
        return verb;
    }

    private static int Machine(Screen screen)
    {
        var rows = Look().ToList();
        screen.Table(["", "found", "used for"], rows);
        screen.Data(data => data.WriteRows("machine", ["item", "found", "usedFor"], rows));
        return ExitCode.Done;
    }

    private static int OfRecipe(Surroundings surroundings, Screen screen, string recipe, IReadOnlyList<string> overrides)
    {
        var source = RecipeSource.Read(surroundings.Library, recipe, overrides);
        return FindingScreen.Show(screen, surroundings.Library.Diagnose(source.Recipe, source.Folder));
    }

    private static int OfPair(Surroundings surroundings, Screen screen, string teacher, string student, string? rows)
    {
        if (rows is not null && !File.Exists(rows))
            throw new RetortException(rows, "there is no such file.", "texts: .jsonl or .txt.");
        List<TextRow> texts = rows is null ? [] : [.. TextRow.Read(rows)];
        using var device = new CpuDevice(0);
        using var its = LanguageModel.Open(ModelOptions.Local(teacher, surroundings), device);
        using var own = LanguageModel.Open(ModelOptions.Local(student, surroundings), device);
        return FindingScreen.Show(screen, PairDiagnosis.Run(its, own, texts, device, surroundings.Time));
    }

    private static IEnumerable<string[]> Look()
    {
        yield return ["retort", typeof(DoctorVerb).Assembly.GetName().Version?.ToString(3) ?? "", ""];
        yield return ["runtime", RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription];
        yield return ["cores", $"{Environment.ProcessorCount}", "threads of the device's pool (recipe: threads)"];
        yield return ["vector width", $"{VectorBits()} bits", "kernels of the cpu device"];
        yield return ["memory", Size(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes), "arenas, data"];
        yield return ["disk", Size(new DriveInfo(Directory.GetCurrentDirectory()).AvailableFreeSpace) + " free here", "run folders"];
        var data = Environment.GetEnvironmentVariable("RETORT_DATA") ?? Path.Combine("..", "shared", "data");
        yield return ["data folder", Directory.Exists(data)
            ? data
            : $"{data} is not there", "recipes on real data (RETORT_DATA); digits needs none"];
        yield return ["energy meter", Readable(EnergyMeter)
            ? EnergyMeter
            : "not readable", "joules in eval.json (RAPL); absent without it"];
        yield return ["node", OnPath("node") ?? "not found", "./check: exported ONNX files in another runtime"];
        yield return ["npm", OnPath("npm") ?? "not found", "./check: installs that runtime"];
    }

    private static int VectorBits()
        => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 64;

    private static string Size(long bytes) => $"{bytes / (1024.0 * 1024 * 1024):0.0} GiB";

    private static string? OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => new[] { Path.Combine(folder, program), Path.Combine(folder, program + ".exe") })
        .FirstOrDefault(File.Exists);

    private static bool Readable(string file)
    {
        try
        {
            return File.ReadAllText(file).Length > 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
