using System.Runtime.InteropServices;

namespace Retort.Formats.Files;

/// <summary>Flushes a folder's entries to disk (POSIX fsync on the folder). Windows has no such call and needs none.</summary>
internal static class FolderSync
{
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, 0);
        // A folder that may be written but not read cannot be opened; the file itself is safe on disk, so go on.
        if (descriptor < 0)
            return;
        // Some network disks refuse to flush a folder (EINVAL): nothing more can be done there.
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}
