using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Retort.Tensors;

namespace Retort.Formats.Files;

/// <summary>
/// Writes a file whole or not at all: a temporary file in the same folder, flushed to disk, renamed over the target,
/// then the folder is flushed, so that the rename outlives a power cut.
/// </summary>
public static partial class AtomicFile
{
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <param name="path">The file to make or replace. Its folder must exist.</param>
    /// <param name="write">Writes the whole content. What it throws goes through, and the old file stays.</param>
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)
            ?? throw new RetortException(path, "this is the root of a disk", "expected the path of a file", "name a file");
        string? temporary = null;
        try
        {
            using (var stream = CreateTemporary(folder, Path.GetFileName(full)))
            {
                temporary = stream.Name;
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
            temporary = null;
            FolderSync.Flush(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refusal(path, folder, error);
        }
        finally
        {
            if (temporary is not null)
                DeleteQuietly(temporary);
        }
    }

    /// <summary>Deletes what processes that were killed had not finished; those of a process that lives stay.</summary>
    /// <param name="folder">With its folders; it may be missing.</param>
    public static void DeleteLeftovers(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.EnumerateFiles(folder, ".*.tmp", SearchOption.AllDirectories))
            if (TemporaryName().Match(Path.GetFileName(path)) is { Success: true } name && !IsAlive(name.Groups[1].Value))
                DeleteQuietly(path);
    }

    private static bool IsAlive(string process)
    {
        try
        {
            using var alive = Process.GetProcessById(int.Parse(process, CultureInfo.InvariantCulture));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^\..+\.([0-9]{1,9})-[0-9]+\.tmp$")]
    private static partial Regex TemporaryName();

    private static FileStream CreateTemporary(string folder, string name)
    {
        // The process id keeps two processes apart, the attempt two threads and leftovers of a killed process.
        for (var attempt = 0; ; attempt++)
        {
            var candidate = Path.Combine(folder, $".{name}.{Environment.ProcessId}-{attempt}.tmp");
            try
            {
                return new FileStream(candidate, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
            }
            catch (IOException) when (File.Exists(candidate) && attempt < 1000)
            {
            }
        }
    }

    private static RetortException Refusal(string path, string folder, Exception error)
    {
        if (error is DirectoryNotFoundException || !Directory.Exists(folder))
            return new RetortException(path, $"the folder {folder} does not exist", "", "make the folder, or name another one", error);
        if (Directory.Exists(path))
            return new RetortException(path, "this is a folder", "expected the path of a file", "name a file inside it", error);
        if (error is UnauthorizedAccessException)
            return new RetortException(path, $"no permission to write in {folder}", "",
                "give this user write permission, or name another folder", error);
        if (DiskSpace.IsExhausted(error))
            return new RetortException(path, $"the disk that holds {folder} is full", "",
                "free some space, or name a folder on another disk", error);
        return new RetortException(path, "the file cannot be written: " + error.Message, "", "check the disk", error);
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The error that brought us here is the one to report; a leftover temporary file harms nobody.
        }
    }
}
