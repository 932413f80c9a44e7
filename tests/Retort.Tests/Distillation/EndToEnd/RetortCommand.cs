using System.Diagnostics;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>The command as a process of its own, which can be killed. It lies beside the tests.</summary>
internal sealed class RetortCommand : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Task<string> _output, _error;

    private RetortCommand(Process process) =>
        (_process, _output, _error) = (process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public static RetortCommand Start(params IReadOnlyList<string> arguments) => new(Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "retort.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        })!);

    /// <summary>Starts and waits for the end.</summary>
    public static (int Code, string Output, string Error) Run(params IReadOnlyList<string> arguments)
    {
        using var command = Start(arguments);
        return command.End();
    }

    public (int Code, string Output, string Error) End()
    {
        if (!_process.WaitForExit(Limit))
        {
            Kill();
            throw new TimeoutException($"retort took longer than {Limit.TotalMinutes:0} minutes.");
        }
        return (_process.ExitCode, _output.Result, _error.Result);
    }

    /// <summary>SIGKILL after a while.</summary>
    /// <returns>False when it had ended before.</returns>
    public bool KillAfter(TimeSpan moment)
    {
        if (_process.WaitForExit(moment)) return false;
        Kill();
        return true;
    }

    public void Dispose() => _process.Dispose();

    private void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }
}
