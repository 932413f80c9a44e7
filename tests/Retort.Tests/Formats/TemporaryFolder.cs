using System.IO.Compression;
using System.Text;

namespace Retort.Tests.Formats;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("retort-formats-");

    public string Path => _folder.FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string With(string name, byte[] content)
    {
        File.WriteAllBytes(At(name), content);
        return At(name);
    }

    public string With(string name, string content) => With(name, Encoding.UTF8.GetBytes(content));

    public string WithGzip(string name, byte[] content)
    {
        using (var stream = new GZipStream(File.Create(At(name)), CompressionLevel.Optimal))
            stream.Write(content);
        return At(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
