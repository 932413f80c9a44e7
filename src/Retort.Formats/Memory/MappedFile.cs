using System.IO.MemoryMappedFiles;
using Retort.Formats.Files;

namespace Retort.Formats.Memory;

/// <summary>
/// A file mapped into memory, read only. Every view is checked against the length the file had when it was opened.
/// The one place of this project with <c>unsafe</c>.
/// </summary>
public sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _map;
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _start;
    private bool _disposed;

    private MappedFile(string path, long length, MemoryMappedFile? map, MemoryMappedViewAccessor? view)
    {
        (Path, Length, _map, _view) = (path, length, map, view);
        if (view is null)
            return;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += view.PointerOffset;
    }

    public string Path { get; }

    /// <summary>Bytes in the file.</summary>
    public long Length { get; }

    public static MappedFile Open(string path)
    {
        using var stream = SourceFile.OpenRaw(path);
        MemoryMappedFile? map = null;
        try
        {
            var length = stream.Length;
            // An empty file cannot be mapped, yet it is a file: whoever reads it says what is missing.
            if (length == 0)
                return new MappedFile(path, 0, null, null);
            map = MemoryMappedFile.CreateFromFile(stream, null, length, MemoryMappedFileAccess.Read, HandleInheritability.None,
                leaveOpen: true);
            return new MappedFile(path, length, map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            map?.Dispose();
            throw SourceFile.Refusal(path, error);
        }
    }

    /// <summary>The bytes [offset, offset + length). Valid until the file is disposed.</summary>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        // offset > Length - length cannot overflow once both are known to be non-negative.
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new FormatException(Path, $"bytes {offset} to {offset} + {length} were asked for; the file has {Length}",
                "expected a range inside the file", "the file is cut short or its header lies: fetch it again");
        return length == 0 ? [] : new ReadOnlySpan<byte>(_start + offset, length);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_view is not null)
        {
            _start = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
        }

        _map?.Dispose();
    }
}
