using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using Retort.Formats.Wav;
using Retort.Tensors;

namespace Retort.Data.Sound;

/// <summary>A sound whose file name starts with its class: CLASS_anything.wav.</summary>
public sealed record Recording(string Name, int Class, WavSound Sound)
{
    private const int MostFiles = 1_000_000, MostBytes = 1 << 24;

    /// <summary>All recordings of a tar archive, plain or gzip, by name.</summary>
    /// <exception cref="RetortException">An entry is no recording, is too large, or is cut short.</exception>
    public static IReadOnlyList<Recording> ReadArchive(string path)
    {
        var recordings = new List<Recording>();
        using var file = File.OpenRead(path);
        using var content = file.ReadByte() == 0x1F ? (Stream)new GZipStream(Back(file), CompressionMode.Decompress) : Back(file);
        using var archive = new TarReader(content);
        try
        {
            while (archive.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is not { } data || !entry.Name.EndsWith(".wav", StringComparison.Ordinal)) continue;
                var name = $"{path}:{entry.Name}";
                if (entry.Length > MostBytes || recordings.Count == MostFiles)
                    throw new RetortException(name, $"{entry.Length} bytes, after {recordings.Count} recordings.",
                        $"at most {MostBytes} bytes each, and {MostFiles} of them.", "cut the recording.");
                var bytes = new byte[entry.Length];
                data.ReadExactly(bytes);
                var word = Path.GetFileName(entry.Name).Split('_')[0];
                if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var digit) || digit > 9999)
                    throw new RetortException(name, $"the name starts with '{word}'.", "CLASS_anything.wav, the class a number.",
                        "rename the file.");
                recordings.Add(new Recording(entry.Name, digit, WavReader.Read(name, bytes)));
            }
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException)
        {
            throw new RetortException(path, $"the archive is damaged after {recordings.Count} recordings.", "a whole tar archive.",
                "fetch it again.", cause);
        }
        return [.. recordings.OrderBy(recording => recording.Name, StringComparer.Ordinal)];
    }

    private static FileStream Back(FileStream file)
    {
        file.Position = 0;
        return file;
    }
}
