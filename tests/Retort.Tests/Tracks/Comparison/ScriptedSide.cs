using Retort.Tracks.Comparison;

namespace Retort.Tests.Tracks.Comparison;

/// <summary>A side that needs no process: its bursts are given, the last one again and again.</summary>
internal sealed class ScriptedSide(string name, List<string> asked, params Burst[] bursts) : ISide
{
    private int _next;

    public string Name => name;
    public string Description => "";

    public static Burst Burst(double median, double others = 0, double loss = 2) =>
        new(new Answer(median, median / 2, 5, loss, 0.1), others);

    public Burst Ask(string work, double seconds)
    {
        asked.Add(name);
        return bursts[Math.Min(_next++, bursts.Length - 1)];
    }

    public void Dispose()
    {
    }
}
