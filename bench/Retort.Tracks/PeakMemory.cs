using System.Globalization;

namespace Retort.Tracks;

/// <summary>The largest resident size of this process since it was last counted anew; Linux only.</summary>
internal static class PeakMemory
{
    public static void CountAnew()
    {
        GC.Collect();
        if (OperatingSystem.IsLinux()) File.WriteAllText("/proc/self/clear_refs", "5");
    }

    /// <summary>NaN elsewhere.</summary>
    public static double Megabytes => !OperatingSystem.IsLinux() ? double.NaN : double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
