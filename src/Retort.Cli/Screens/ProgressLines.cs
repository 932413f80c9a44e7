using Retort.Runs;

namespace Retort.Cli.Screens;

/// <summary>Progress where no bar can move: a line when something begins, every few seconds, and when it ends.</summary>
internal sealed class ProgressLines(TimeProvider time, Action<string> say) : IProgress<StageProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private (string Stage, string Activity) _current;
    private long _began;
    private long _spoke;
    private bool _ended;

    public void Report(StageProgress value)
    {
        lock (_gate)
        {
            var changed = _current != (value.Stage, value.Activity);
            if (changed)
                (_current, _began, _ended) = ((value.Stage, value.Activity), time.GetTimestamp(), false);
            var ends = value.Total > 0 && value.Done >= value.Total;
            if (!changed && (_ended || (!ends && time.GetElapsedTime(_spoke) < Pause)))
                return;
            (_spoke, _ended) = (time.GetTimestamp(), ends);
            say(Line(value, time.GetElapsedTime(_began)));
        }
    }

    /// <summary>"train · student · 1200 of 9000 · loss 0.21 · 12 s left".</summary>
    internal static string Line(StageProgress value, TimeSpan elapsed)
    {
        var parts = new List<string> { value.Stage, value.Activity };
        if (value.Total > 0)
            parts.Add($"{value.Done} of {value.Total}");
        else if (value.Done > 0)
            parts.Add($"{value.Done}");
        if (value.Note.Length > 0)
            parts.Add(value.Note);
        if (value.Done >= value.Total && value.Total > 0)
            parts.Add(Duration(elapsed));
        else if (value.Done > 0 && value.Total > 0 && elapsed > TimeSpan.Zero)
            parts.Add(Duration(elapsed * ((double)(value.Total - value.Done) / value.Done)) + " left");
        return string.Join(" · ", parts.Where(part => part.Length > 0));
    }

    private static string Duration(TimeSpan span)
        => span.TotalSeconds < 100 ? $"{span.TotalSeconds:0} s" : $"{(int)span.TotalMinutes} min {span.Seconds} s";
}
