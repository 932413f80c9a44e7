namespace Retort.Formats.Files;

/// <summary>Opens a file for reading, plain or gzip, and says in a sentence why when it cannot.</summary>
internal static class SourceFile
{
    /// <summary>No deflate stream grows more than this much: 258 bytes a length code of 2 bits (zlib's technical notes).</summary>
    public const long LargestDeflateRatio = 1032;

    /// <summary>Opens the bytes as they lie on disk.</summary>
    public static FileStream OpenRaw(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Refusal(path, error);
        }
    }

    /// <summary>Opens the content: a file that starts with the gzip magic 1F 8B is decompressed, whatever its name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">Bytes on disk.</param>
    /// <param name="compressed">Whether the content is decompressed, so that its length is not known.</param>
    public static Stream Open(string path, out long length, out bool compressed)
    {
        var file = OpenRaw(path);
        try
        {
            length = file.Length;
            Span<byte> magic = stackalloc byte[2];
            var read = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
            file.Position = 0;
            compressed = read == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
        }
        catch (Exception error) when (error is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw Refusal(path, error);
        }

        return compressed ? new GzipContent(file) : file;
    }

    /// <summary>What a read that failed half-way means to the user.</summary>
    public static FormatException Unreadable(string path, Exception error) => error is InvalidDataException
        ? new FormatException(path, "the gzip stream is damaged or cut short", "expected one complete gzip member",
            "fetch the file again, or compress it again", error)
        : Refusal(path, error);

    public static FormatException Refusal(string path, Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            new FormatException(path, "no such file", "",
                "check the path; it is taken from the current folder when it does not start with /", error),
        UnauthorizedAccessException when Directory.Exists(path) =>
            new FormatException(path, "this is a folder", "expected a file", "name a file inside it", error),
        UnauthorizedAccessException =>
            new FormatException(path, "no permission to read this file", "", "give this user read permission", error),
        ArgumentException or NotSupportedException =>
            new FormatException(path, "this is not a path of a regular file", "", "name a regular file", error),
        _ => new FormatException(path, "the file cannot be read: "
            + error.Message, "", "check the disk, and that no other program holds the file", error),
    };
}
