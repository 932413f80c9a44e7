using System.Globalization;
using System.Text;
using Retort.Tensors;

namespace Retort.Runs;

/// <summary>
/// Holds a run folder for one process: the file <c>.lock</c> is kept open without sharing, so the operating system frees it with the
/// process, however that ends; a file that nobody holds is stale and is taken over. It carries the holder's process number.
/// </summary>
internal sealed class RunLock : IDisposable
{
    public const string FileName = ".lock";
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
            throw new RetortException(folder, $"output folder in use by process {Holder(path)}.",
                "expected a folder that no living run writes to.", "wait for that run, stop it, or choose another folder with --out.", exception);
        }
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        file.Flush();
        return new RunLock(file);
    }

    /// <summary>The file stays, empty: deleting it could free the name while another process waits on it.</summary>
    public void Dispose()
    {
        if (_file.CanWrite) _file.SetLength(0);
        _file.Dispose();
    }

    private static string Holder(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file);
            var text = reader.ReadToEnd().Trim();
            return text.Length == 0 ? "(starting)" : text;
        }
        catch (IOException)
        {
            return "(unknown)";
        }
    }
}
