using System.Globalization;

namespace Retort.Tracks;

/// <summary>Compares what came out with what was promised, aloud.</summary>
internal sealed class Bars
{
    public bool AllMet { get; private set; } = true;

    public void Check(string name, double value, double least, double most)
    {
        var met = value >= least && value <= most;
        AllMet &= met;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"bar {(met ? "met   " : "MISSED")} {name}: {value:0.###} (from {least:0.###} to {most:0.###})"));
    }
}
