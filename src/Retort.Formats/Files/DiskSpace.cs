namespace Retort.Formats.Files;

/// <summary>Tells a full disk from the other troubles of one.</summary>
public static class DiskSpace
{
    /// <summary>ENOSPC, and EDQUOT of Linux and macOS.</summary>
    private const int NoSpace = 28, QuotaLinux = 122, QuotaMac = 69;

    /// <summary>ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows, in the low half of an HRESULT.</summary>
    private const int DiskFull = 0x70, HandleDiskFull = 0x27;

    /// <summary>Whether the error, or one that caused it, says that nothing more can be stored.</summary>
    public static bool IsExhausted(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            if (error is IOException && (OperatingSystem.IsWindows()
                ? (error.HResult & 0xFFFF) is DiskFull or HandleDiskFull
                : error.HResult is NoSpace or QuotaLinux or QuotaMac))
                return true;
        return false;
    }
}
