using System.ComponentModel;
using System.Diagnostics;
using Retort.Data.Text;
using Retort.Tensors;
using Retort.Verification;

namespace Retort.Data.Traces;

/// <summary>
/// A program that the user names tells a right answer: exit code 0 = right, 1 = wrong, anything else, silence beyond the limit included =
/// not graded, which is never wrong. No shell is asked. Arguments {answer}, {expected} and {prompt} become files of a folder of its own,
/// in which it works and which is deleted; without {answer} the answer is its standard input. It sees no variable of the environment but
/// PATH, and what it prints is read to a bound. It is no sandbox: whoever names the program answers for it.
/// </summary>
public sealed class CommandCheck : IAnswerCheck
{
    private const int MostOutput = 1 << 16, ShownOutput = 200;
    private static readonly string[] Passed = ["PATH", "LANG", "SystemRoot"];
    private readonly string[] _command;
    private readonly TimeSpan _longest;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _ungraded = new(StringComparer.Ordinal);

    /// <param name="command">The program and its arguments; files beside the recipe are named by their full path.</param>
    /// <param name="recipeFolder">Where such files lie.</param>
    /// <param name="longest">After that it is ended, with everything that it began.</param>
    public CommandCheck(IReadOnlyList<string> command, string recipeFolder, TimeSpan longest)
    {
        _longest = longest;
        _command = [.. command.Select((word, i) => (i > 0 || word.Contains('/')) && File.Exists(Path.Combine(recipeFolder, word))
            ? Path.GetFullPath(Path.Combine(recipeFolder, word)) : word)];
    }

    /// <summary>"2 × exit code 3: no such module", the most frequent first; empty = everything was graded.</summary>
    public string Ungraded
    {
        get
        {
            lock (_gate)
                return string.Join("; ", _ungraded.OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).Take(5)
                    .Select(one => $"{one.Value} × {one.Key}"));
        }
    }

    public bool IsRight(string prompt, string expected, string answer) => Judge(prompt, expected, answer) == true;

    /// <exception cref="RetortException">There is no such program.</exception>
    public bool? Judge(string prompt, string expected, string answer)
    {
        var text = FinalAnswer.In(answer) ?? FinalAnswer.BehindThought(answer);
        var folder = Directory.CreateTempSubdirectory("retort-check-").FullName;
        try
        {
            string[] arguments = [.. _command.Select(word => word switch
            {
                "{answer}" => FileOf(folder, "answer", text),
                "{expected}" => FileOf(folder, "expected", FinalAnswer.In(expected) ?? expected),
                "{prompt}" => FileOf(folder, "prompt", prompt),
                _ => word,
            })];
            var (code, said) = Run(arguments, folder, _command.Contains("{answer}") ? "" : text);
            if (code is 0 or 1) return code == 0;
            var reason = code is { } other ? $"exit code {other}{(said.Length > 0 ? ": " + said : "")}"
                : FormattableString.Invariant($"no end within {_longest.TotalSeconds:0.##} s");
            lock (_gate) _ungraded[reason] = _ungraded.GetValueOrDefault(reason) + 1;
            return null;
        }
        finally
        {
            Remove(folder);
        }
    }

    /// <returns>The exit code, null where it had to be ended, and the first line of what it complained about.</returns>
    private (int? Code, string Said) Run(string[] command, string folder, string input)
    {
        using var process = new Process { StartInfo = Start(command, folder) };
        try
        {
            process.Start();
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            throw new RetortException("data.command", $"'{command[0]}' cannot be started: {error.Message}", "a program that is there.",
                "write its full path, or a path from the recipe's folder with a / in it.", error);
        }
        var (complaint, output) = (Read(process.StandardError), Read(process.StandardOutput));
        var told = Task.Run(() => Tell(process, input));
        var ended = process.WaitForExit(_longest);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        Task.WaitAll([complaint, output, told], TimeSpan.FromSeconds(1)); // what it left running may hold its pipes
        var said = complaint.IsCompletedSuccessfully ? complaint.Result.Trim().Split('\n')[^1].Trim() : "";
        return (ended ? process.ExitCode : null, said.Length > ShownOutput ? said[..ShownOutput] + "…" : said);
    }

    private static ProcessStartInfo Start(string[] command, string folder)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false, WorkingDirectory = folder,
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var name in Passed)
            if (Environment.GetEnvironmentVariable(name) is { } value) start.Environment[name] = value;
        foreach (var name in (string[])["HOME", "TMPDIR"]) start.Environment[name] = folder;
        return start;
    }

    /// <summary>Its last <see cref="MostOutput"/> characters at most; the rest is read and dropped, so that it need not wait.</summary>
    private static Task<string> Read(StreamReader from) => Task.Run(() =>
    {
        var (kept, piece) = ("", new char[4096]);
        while (from.Read(piece) is > 0 and var count)
        {
            kept += new string(piece, 0, count);
            if (kept.Length > MostOutput) kept = kept[^MostOutput..];
        }
        return kept;
    });

    private static void Tell(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it ended, or reads nothing
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // it took the folder's rights away: the system clears its temporary files
        }
    }

    private static string FileOf(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
