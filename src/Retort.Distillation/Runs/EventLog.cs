using System.Text;
using Retort.Formats.Files;

namespace Retort.Runs;

/// <summary>
/// events.jsonl: one metric object a line. Opening cuts a torn last line. Steps strictly increase for each stage and name: a stage
/// that goes back to an earlier step (resumed, or begun again) loses the lines after it.
/// </summary>
public sealed class EventLog : IDisposable
{
    /// <summary>Lines between two flushes; a second without one flushes as well.</summary>
    public const int FlushEvery = 100;

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly TensorBoardWriter? _board;
    private readonly Dictionary<(string Stage, string Name), long> _last = [];
    private readonly HashSet<string> _writtenHere = [];
    private readonly long _started;
    private readonly double _secondsBefore;
    private FileStream _file;
    private long _flushed;
    private int _unflushed;

    private EventLog(string path, TimeProvider time, TensorBoardWriter? board)
    {
        (_path, _time, _board) = (path, time, board);
        var (events, whole) = Scan(path);
        foreach (var line in events) _last[(line.Stage, line.Name)] = line.Step;
        _secondsBefore = events.Count == 0 ? 0 : events.Max(line => line.Seconds);
        _file = OpenAt(whole);
        _started = _flushed = time.GetTimestamp();
    }

    /// <param name="path">events.jsonl; created when missing.</param>
    /// <param name="time">The clock of the seconds.</param>
    /// <param name="board">Gets every scalar too, tagged "stage/name"; owned by the log.</param>
    public static EventLog Open(string path, TimeProvider time, TensorBoardWriter? board = null) => new(path, time, board);

    /// <summary>Opens the run folder's log and starts a TensorBoard file beside it.</summary>
    public static EventLog Open(RunFolder folder, TimeProvider time) =>
        new(folder.Events, time, TensorBoardWriter.Create(folder.Root, time));

    /// <summary>The lines of a log, without a torn last one.</summary>
    public static IReadOnlyList<MetricEvent> Read(string path) => Scan(path).Events;

    /// <summary>The numbers that a stage has logged under a name, in order.</summary>
    public IReadOnlyList<double> ReadBack(string stage, string name)
    {
        Flush();
        return [.. Scan(_path).Events.Where(line =>
            line.Stage == stage && line.Name == name && line.Value is not null).Select(line => line.Value!.Value)];
    }

    /// <summary>
    /// Drops this stage's lines after <paramref name="step"/>, the step of the checkpoint that the stage goes on from; −1 drops all.
    /// </summary>
    public void ResumeAt(string stage, long step)
    {
        _file.Dispose();
        var kept = Scan(_path).Events.Where(line => line.Stage != stage || line.Step <= step).ToList();
        AtomicFile.WriteText(_path, string.Concat(kept.Select(line => line.ToJsonLine() + "\n")));
        foreach (var key in _last.Keys.Where(key => key.Stage == stage).ToList()) _last.Remove(key);
        foreach (var line in kept.Where(line => line.Stage == stage)) _last[(line.Stage, line.Name)] = line.Step;
        _file = OpenAt(new FileInfo(_path).Length);
        _unflushed = 0;
    }

    public void Write(string stage, string name, long step, double value)
    {
        if (_last.TryGetValue((stage, name), out var last) && step <= last)
        {
            if (_writtenHere.Contains(stage))
                throw new InvalidOperationException($"{stage}/{name}: step {step} after step {last}; steps strictly increase. Call ResumeAt to go back.");
            ResumeAt(stage, step - 1);
        }
        _writtenHere.Add(stage);
        _last[(stage, name)] = step;
        var line = new MetricEvent(step, stage, name, value, _secondsBefore + _time.GetElapsedTime(_started).TotalSeconds);
        _file.Write(Encoding.UTF8.GetBytes(line.ToJsonLine() + "\n"));
        if (double.IsFinite(value)) _board?.WriteScalar($"{stage}/{name}", step, value);
        if (++_unflushed >= FlushEvery || _time.GetElapsedTime(_flushed).TotalSeconds >= 1) Flush();
    }

    public void Flush()
    {
        _file.Flush();
        _board?.Flush();
        (_unflushed, _flushed) = (0, _time.GetTimestamp());
    }

    public void Dispose()
    {
        using (_board)
            _file.Dispose(); // writes what is left, and on a full disk throws
    }

    private FileStream OpenAt(long length)
    {
        var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 64 * 1024);
        if (file.Length != length) file.SetLength(length);
        file.Position = length;
        return file;
    }

    /// <summary>Complete lines from the start up to the first that is no metric, and the bytes that they take.</summary>
    private static (List<MetricEvent> Events, long Whole) Scan(string path)
    {
        var events = new List<MetricEvent>();
        if (!File.Exists(path)) return (events, 0);
        var bytes = File.ReadAllBytes(path);
        var offset = 0;
        while (Array.IndexOf(bytes, (byte)'\n', offset) is var end and >= 0
            && MetricEvent.FromJsonLine(Encoding.UTF8.GetString(bytes, offset, end - offset)) is { } line)
        {
            events.Add(line);
            offset = end + 1;
        }
        return (events, offset);
    }
}
