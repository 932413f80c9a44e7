using System.Globalization;

namespace Retort.Benchmarks;

/// <summary>What Linux tells about the memory of this process; elsewhere 0, which means "not readable".</summary>
public static class ProcessMemory
{
    private const string Status = "/proc/self/status", ClearReferences = "/proc/self/clear_refs";

    /// <summary>Most resident bytes since the start, or since <see cref="ForgetPeak"/> (VmHWM).</summary>
    public static long Peak()
    {
        if (!File.Exists(Status)) return 0;
        var line = File.ReadLines(Status).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null ? 0 : Kibibytes(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal));
    }

    /// <summary>Lets the peak start again from what is resident now, where the system allows it.</summary>
    public static void ForgetPeak()
    {
        try
        {
            if (File.Exists(ClearReferences)) File.WriteAllText(ClearReferences, "5");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The peak of the whole process stays: larger, never too small.
        }
    }

    private static long Kibibytes(string text) =>
        long.TryParse(text.Trim(), CultureInfo.InvariantCulture, out var number) ? 1024 * number : 0;
}
