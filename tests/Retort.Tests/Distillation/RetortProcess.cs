using System.Diagnostics;

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
    private readonly Task<string> _output, _errors;

    public RetortProcess(string folder, bool resume, params string[] overrides)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "retort.exe" : "retort")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["run", "digits", "--out", folder, .. Toy.Concat(overrides).SelectMany(entry => (string[])["--set", entry]), .. resume ? ["--resume"] : Array.Empty<string>()]) start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
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

    public async Task Interrupt(TimeSpan after)
    {
        await Task.Delay(after);
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
    }

    public int ExitCode => _process.ExitCode;
    public async Task<string> Text() => await _output + await _errors;

    public void Dispose() => _process.Dispose();
}
