using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace Retort.Benchmarks;

/// <summary>
/// The largest cache of the first processor: as Linux lists it, or, where it does not (some virtual machines), as the processor says.
/// </summary>
public static class LastLevelCache
{
    private const string Folder = "/sys/devices/system/cpu/cpu0/cache";
    private const int IntelLeaf = 4, AmdLeaf = unchecked((int)0x8000001D);

    /// <summary>0 = not readable here.</summary>
    public static long Bytes() => Math.Max(Listed(), Math.Max(Told(IntelLeaf), Told(AmdLeaf)));

    private static long Listed() => !Directory.Exists(Folder) ? 0 : Directory.EnumerateDirectories(Folder, "index*")
        .Select(folder => Path.Combine(folder, "size")).Where(File.Exists)
        .Select(file => Size(File.ReadAllText(file).Trim()))
        .DefaultIfEmpty().Max();

    /// <summary>"32768K" or "32M".</summary>
    internal static long Size(string text) =>
        text.Length > 1 && long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number * (text[^1] switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 0 })
            : 0;

    /// <summary>
    /// Deterministic cache parameters (Intel SDM 2A, CPUID leaf 4; AMD APM 3, leaf 8000_001D): ways · partitions · line · sets.
    /// </summary>
    private static long Told(int leaf)
    {
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(leaf & int.MinValue, 0).Eax < (uint)leaf) return 0;
        var largest = 0L;
        for (var index = 0; index < 8; index++)
        {
            var (kind, shape, sets, _) = X86Base.CpuId(leaf, index);
            if ((kind & 31) == 0) break;
            var (ways, partitions, line) = (((uint)shape >> 22) + 1L, (((uint)shape >> 12) & 1023) + 1L, ((uint)shape & 4095) + 1L);
            largest = Math.Max(largest, ways * partitions * line * ((uint)sets + 1L));
        }
        return largest;
    }
}
