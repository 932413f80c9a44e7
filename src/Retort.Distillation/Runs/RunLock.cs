using System.Globalization;
using System.Text;
using Retort.Tensors;

namespace Retort.Runs;

/// <summary>
/// Holds a run folder for one process: the file <c>.lock</c> is kept open without sharing, so the operating system frees it with the
/// process, however that ends; a file that nobody holds is stale and is taken over. It carries the holder's process number, and so
/// does <c>.lock.pid</c> beside it, which another process can read: .NET opens no file, not even to read it, that is held unshared.
/// </summary>
internal sealed class RunLock : IDisposable
{
    public const string FileName = ".lock";
    public const string HolderName = ".lock.pid";
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    public static RunLock Take(string folder)
    {
        var path = Path.Combine(folder, FileName);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new RetortException(folder, $"output folder in use by process {Holder(folder)}.",
                "expected a folder that no living run writes to.", "wait for that run, stop it, or choose another folder with --out.",
                    exception);
        }
        try
        {
            var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            file.SetLength(0);
            file.Write(Encoding.ASCII.GetBytes(process));
            file.Flush();
            File.WriteAllText(Path.Combine(folder, HolderName), process);
            return new RunLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The file stays, empty: deleting it could free the name while another process waits on it.</summary>
    public void Dispose()
    {
        if (!_file.CanWrite) return;
        _file.SetLength(0);
        File.Delete(Path.Combine(Path.GetDirectoryName(_file.Name)!, HolderName));
        _file.Dispose();
    }

    private static string Holder(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, HolderName)) is { Length: > 0 } process ? process : "(starting)";
        }
        catch (IOException)
        {
            return "(unknown)";
        }
    }
}
