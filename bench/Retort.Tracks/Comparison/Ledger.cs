using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Retort.Formats.Files;
using Retort.Tensors;

namespace Retort.Tracks.Comparison;

/// <summary>Appends what was compared to <c>bench/LEDGER.md</c>: commit, machine, load, both sides, and a row for each work.</summary>
internal sealed class Ledger(string repository)
{
    private readonly string _path = Path.Combine(repository, "bench", "LEDGER.md");

    public void Append(DateTimeOffset date, string command, IReadOnlyList<string> sides, IReadOnlyList<Outcome> outcomes)
    {
        if (!File.Exists(_path)) throw new RetortException(_path, "there is no ledger.", "bench/LEDGER.md of this repository.");
        var text = new List<string>
        {
            File.ReadAllText(_path).TrimEnd('\n'),
            "",
            string.Create(CultureInfo.InvariantCulture, $"### {date:yyyy-MM-dd}, {Commit()}"),
            $"{Machine()}; load {ProcessorClock.Load()}; `{command}`. {string.Join("; ", sides)}.",
            "",
        };
        AtomicFile.WriteText(_path, string.Join('\n', [.. text, .. ComparisonTable.Lines(outcomes)]) + "\n");
    }

    public static string Machine()
    {
        const string List = "/proc/cpuinfo";
        var line = File.Exists(List)
            ? File.ReadLines(List).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        var width = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "no AVX2";
        return $"{Environment.ProcessorCount} × {line?.Split(": ")[1] ?? "unknown processor"}, {width}, .NET {Environment.Version}";
    }

    /// <summary>Short hash of the sources, with a sign when they were changed since; outside a repository there is none.</summary>
    private string Commit() => Git("rev-parse --short HEAD") is not { Length: > 0 } hash ? "no commit"
        : hash + (Git("status --porcelain --untracked-files=no").Length > 0 ? " and changes" : "");

    private string Git(string arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = repository, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var git = Process.Start(start)!;
        git.ErrorDataReceived += static (_, _) => { };
        git.BeginErrorReadLine();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return output.Trim();
    }
}
