using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Retort.Cli.Screens;

namespace Retort.Cli.Verbs;

internal static class DoctorVerb
{
    private const string EnergyMeter = "/sys/class/powercap/intel-rapl:0/energy_uj";

    private const string Lesson = """
        Examples:
          retort doctor
          retort doctor --json

        What this machine offers, and what is missing for which part. Nothing here is needed for 'retort run'.
        It leaves nothing behind.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var json = RecipeOptions.NewJson();
        var verb = new Verb("doctor", "Looks at the machine: runtime, cores, vectors, memory, disk, data, energy meter.", Lesson) { json };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
            {
                var rows = Look().ToList();
                screen.Table(["", "found", "used for"], rows);
                screen.Data(data => data.WriteRows("machine", ["item", "found", "usedFor"], rows));
                return ExitCode.Done;
            });
        });
        return verb;
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
