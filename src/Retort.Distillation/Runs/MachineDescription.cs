using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Retort.Runs;

/// <summary>The machine that a number was measured on.</summary>
/// <param name="Processor">Its name.</param>
/// <param name="Cores">Logical cores that this process may use.</param>
/// <param name="MemoryBytes">Memory that this process may use.</param>
/// <param name="VectorBits">Width of the widest vectors that the runtime uses.</param>
/// <param name="System">Operating system and its version.</param>
/// <param name="Runtime">Version of .NET.</param>
public sealed record MachineDescription(string Processor, int Cores, long MemoryBytes, int VectorBits, string System, string Runtime)
{
    public static MachineDescription Read() => new(
        ProcessorName(File.Exists("/proc/cpuinfo") ? File.ReadAllText("/proc/cpuinfo") : ""),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        Vector512.IsHardwareAccelerated ? 512 : Vector<byte>.Count * 8,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);

    /// <summary>The first "model name" of /proc/cpuinfo; where there is none, the architecture.</summary>
    internal static string ProcessorName(string cpuinfo) =>
        cpuinfo.Split('\n').FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Processor}, {Cores} cores, {MemoryBytes / (double)(1 << 30):F1} GiB, {VectorBits}-bit vectors, {System}, {Runtime}");
}
