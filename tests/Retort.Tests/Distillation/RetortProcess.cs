using System.Diagnostics;
using System.Text;

namespace Retort.Tests.Distillation;

/// <summary>The real command in a process of its own, on a toy of the default recipe.</summary>
internal sealed class RetortProcess : IDisposable
{
    private static readonly string[] Toy =
    [
        "data.train=400", "data.validation=100", "data.test=100", "data.transferShare=1",
        "teacher.model.channels=[4, 8]", "teacher.training.epochs=2", "teacher.training.checkpointSteps=3",
        "student.model.hidden=[16]", "student.training.epochs=12", "student.training.checkpointSteps=7", "baseline.learningRates=[0.003]",
    ];

    private readonly Process _process;
    private readonly StringBuilder _text = new();
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _awaited;

    /// <param name="folder">The run folder.</param>
    /// <param name="resume">Go on with what is there.</param>
    /// <param name="awaited">Words in a line of progress that <see cref="Interrupt"/> waits for.</param>
    /// <param name="overrides">Further --set entries.</param>
    public RetortProcess(string folder, bool resume, string awaited = "", params string[] overrides)
    {
        _awaited = awaited;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "retort.exe" : "retort")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["run", "digits", "--out", folder, .. Toy.Concat(overrides).SelectMany(entry => (string[])["--set", entry]), .. resume ? ["--resume"] : Array.Empty<string>()]) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Note(string? line)
    {
        if (line is null) return;
        lock (_text) _text.AppendLine(line);
        if (_awaited.Length > 0 && line.Contains(_awaited, StringComparison.Ordinal)) _seen.TrySetResult();
    }

    /// <summary>Waits for the end; kills the process (SIGKILL) when it lasts longer.</summary>
    /// <returns>True when it ended by itself.</returns>
    public async Task<bool> Ended(TimeSpan within)
    {
        try
        {
            await _process.WaitForExitAsync(new CancellationTokenSource(within).Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            return false;
        }
    }

    /// <summary>Sends SIGINT when the awaited line has come, and waits for the end.</summary>
    public async Task Interrupt()
    {
        await _seen.Task.WaitAsync(TimeSpan.FromMinutes(2));
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
    }

    public int ExitCode => _process.ExitCode;

    public string Text
    {
        get
        {
            lock (_text) return _text.ToString();
        }
    }

    public void Dispose() => _process.Dispose();
}
