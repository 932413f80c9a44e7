using System.Runtime.InteropServices;

namespace Retort.Tensors.Devices;

/// <summary>
/// Native memory. Large blocks begin on a 2 MiB border and ask Linux for huge pages: a step walks tens of megabytes, and with
/// pages of 4 KiB the misses of the address cache cost more than the data.
/// </summary>
internal static unsafe class Pages
{
    private const nuint HugePage = 2 << 20, CacheLinePair = 128;
    private const int AdviseHugePages = 14; // MADV_HUGEPAGE

    /// <exception cref="OutOfMemoryException">The system refused.</exception>
    public static void* Allocate(long bytes)
    {
        var size = checked((nuint)bytes);
        if (size < HugePage) return NativeMemory.AlignedAlloc(size, CacheLinePair);
        size = (size + HugePage - 1) & ~(HugePage - 1);
        var memory = NativeMemory.AlignedAlloc(size, HugePage);
        if (OperatingSystem.IsLinux()) _ = NativeMethods.Advise(memory, size, AdviseHugePages); // advice: a refusal costs speed only
        return memory;
    }

    public static void Free(void* memory) => NativeMemory.AlignedFree(memory);

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "madvise")]
        public static extern int Advise(void* memory, nuint bytes, int advice);
    }
}
