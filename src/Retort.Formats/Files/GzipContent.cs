using System.Buffers.Binary;
using System.IO.Compression;

namespace Retort.Formats.Files;

/// <summary>
/// What a gzip file holds. .NET's own stream ends quietly where a file is cut short, so that half a table would look
/// whole; here the length that gzip writes last (RFC 1952, ISIZE: bytes mod 2³²) must agree with what came out.
/// Files of several members are refused by the same rule.
/// </summary>
internal sealed class GzipContent(FileStream file) : Stream
{
    private readonly GZipStream _content = new(file, CompressionMode.Decompress, leaveOpen: true);
    private uint _count;
    private bool _checked;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        var read = _content.Read(buffer);
        _count = unchecked(_count + (uint)read);
        if (read == 0 && !_checked)
            CheckLength();
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private void CheckLength()
    {
        Span<byte> last = stackalloc byte[4];
        if (file.Length < 18)
            throw new InvalidDataException("shorter than the smallest gzip file");
        file.Position = file.Length - last.Length;
        file.ReadExactly(last);
        if (BinaryPrimitives.ReadUInt32LittleEndian(last) != _count)
            throw new InvalidDataException("the length at the end of the gzip file is not the length of its content");
        _checked = true;
    }
}
