using System.Globalization;

namespace Retort.Runs;

/// <summary>The package energy counter of the machine (RAPL), where the system lets it be read.</summary>
public static class EnergyCounter
{
    private const string Folder = "/sys/class/powercap/intel-rapl:0";

    /// <summary>Microjoules since some moment; null = not available here.</summary>
    public static long? Read() => Number("energy_uj");

    /// <summary>Value at which the counter wraps.</summary>
    public static long? Range() => Number("max_energy_range_uj");

    private static long? Number(string file)
    {
        try
        {
            return long.Parse(File.ReadAllText(System.IO.Path.Combine(Folder, file)).Trim(), CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
