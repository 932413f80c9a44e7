using System.ComponentModel;
using System.Diagnostics;
using Retort.Tests.Formats;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>
/// The command on a disk of a few kilobytes: a file system in memory that only these processes see, and that goes away with them. After
/// the first run the disk grows, and the run is resumed.
/// </summary>
internal sealed record SmallDisk(int FirstCode, string FirstError, int SecondCode, string SecondError)
{
    private const int MountRefused = 77;

    private const string Script = """
        mount -t tmpfs -o "size=$1" retort "$2" 2>"$3/mount" || exit 77
        dotnet "$4" "${@:5}" >/dev/null 2>"$3/first"; echo $? >"$3/first-code"
        cp -r "$2/run" "$3/left"
        mount -o remount,size=512m "$2" 2>"$3/mount" || exit 77
        dotnet "$4" "${@:5}" >/dev/null 2>"$3/second"; echo $? >"$3/second-code"
        cp -r "$2/run" "$3/run"
        """;

    /// <summary>
    /// Runs, makes room, and runs again; <c>left</c> and <c>run</c> in <paramref name="results"/> are the run folder after each.
    /// </summary>
    /// <param name="bytes">Size of the disk, a multiple of 4096.</param>
    /// <param name="results">A folder on another disk.</param>
    /// <param name="arguments">Of the command, given where the small disk lies.</param>
    /// <param name="whyNot">When the result is null.</param>
    public static SmallDisk? TryRun(long bytes, TemporaryFolder results, Func<string, string[]> arguments, out string whyNot)
    {
        var disk = Directory.CreateDirectory(results.At("disk")).FullName;
        string[] all =
        [
            "--user", "--map-root-user", "--mount", "bash", "-c", Script, "small-disk", $"{bytes}", disk, results.Path,
            Path.Combine(AppContext.BaseDirectory, "retort.dll"), .. arguments(Path.Combine(disk, "run")),
        ];
        whyNot = "";
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", all) { RedirectStandardError = true,
                WorkingDirectory = AppContext.BaseDirectory })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
                return new(int.Parse(Text("first-code")), Text("first"), int.Parse(Text("second-code")), Text("second"));
            if (process.ExitCode != MountRefused && error.Length > 0 && File.Exists(results.At("first-code")))
                throw new InvalidOperationException($"the script ended with {process.ExitCode}: {error}");
            whyNot = $"the disk was not filled: a small file system cannot be mounted here ({(error + Text("mount")).Trim()}).";
        }
        catch (Win32Exception)
        {
            whyNot = "the disk was not filled: there is no unshare here, which gives a process a file system of its own.";
        }
        return null;

        string Text(string name) => File.Exists(results.At(name)) ? File.ReadAllText(results.At(name)) : "";
    }
}
