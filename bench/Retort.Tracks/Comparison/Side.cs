using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Retort.Tracks.Comparison;

/// <summary>One side of a comparison, to be asked for bursts.</summary>
internal interface ISide : IDisposable
{
    string Name { get; }

    /// <summary>What it said of itself; empty until it was asked something.</summary>
    string Description { get; }

    /// <exception cref="SideException">It cannot do this work.</exception>
    Burst Ask(string work, double seconds);
}

/// <summary>A resident process that answers lines: <c>bench/tracks/works.md</c>, "Protocol".</summary>
internal sealed class ProcessSide : ISide
{
    private const string Ready = "ready ";

    private readonly Process _process;
    private readonly TimeProvider _time;

    /// <param name="name">What tables call it.</param>
    /// <param name="command">A program and its arguments.</param>
    /// <param name="environment">Set on top of ours; null removes.</param>
    /// <param name="time">For the wall time of bursts.</param>
    /// <exception cref="SideException">The program does not start.</exception>
    public ProcessSide(string name, IEnumerable<string> command, IReadOnlyDictionary<string, string?> environment, TimeProvider time)
    {
        (Name, _time) = (name, time);
        var words = command.ToList();
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (key, value) in environment) start.Environment[key] = value;
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new SideException($"{name} did not start: {exception.Message}");
        }
    }

    public string Name { get; }
    public string Description { get; private set; } = "";

    public Burst Ask(string work, double seconds)
    {
        var (started, machine, own) = (_time.GetTimestamp(), ProcessorClock.BusySeconds(), OwnSeconds());
        var answer = Answer.Read(Name, Exchange(string.Create(CultureInfo.InvariantCulture, $"{work} {seconds}")));
        own = Math.Max(OwnSeconds() - own, answer.ProcessorSeconds);
        return new Burst(answer, (ProcessorClock.BusySeconds() - machine - own) / _time.GetElapsedTime(started).TotalSeconds);
    }

    private string Exchange(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
            var answer = _process.StandardOutput.ReadLine();
            while (answer is not null && answer.StartsWith(Ready, StringComparison.Ordinal))
            {
                Description = answer[Ready.Length..];
                answer = _process.StandardOutput.ReadLine();
            }
            return answer ?? throw new SideException($"{Name} ended without an answer to '{line}'.");
        }
        catch (IOException)
        {
            throw new SideException($"{Name} has ended.");
        }
    }

    /// <summary>Of the process alone: what it started itself it must count in its answer.</summary>
    private double OwnSeconds()
    {
        _process.Refresh();
        return _process.HasExited ? 0 : _process.TotalProcessorTime.TotalSeconds;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
