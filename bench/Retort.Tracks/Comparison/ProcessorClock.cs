using System.Globalization;

namespace Retort.Tracks.Comparison;

/// <summary>Processor time that the whole machine has spent, on Linux.</summary>
internal static class ProcessorClock
{
    private const double TicksPerSecond = 100;

    /// <summary>Seconds since start that cores were busy or taken from this virtual machine, all cores together; NaN elsewhere.</summary>
    public static double BusySeconds() => File.Exists("/proc/stat") ? Busy(File.ReadLines("/proc/stat").First()) : double.NaN;

    /// <param name="line">cpu user nice system idle iowait irq softirq steal …</param>
    public static double Busy(string line)
    {
        var ticks = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond;
    }

    /// <summary>The load of the last minute, as the system says it; empty elsewhere.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "";
}
