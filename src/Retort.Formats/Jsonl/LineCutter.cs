namespace Retort.Formats.Jsonl;

/// <summary>Cuts a stream into lines of bytes with one buffer that grows up to the longest line allowed.</summary>
/// <param name="path">For errors.</param>
/// <param name="stream">Read to its end.</param>
/// <param name="mostBytes">Of a line.</param>
/// <param name="passOverLong">A longer line is passed over and said to be too long, where it would else be an error.</param>
internal sealed class LineCutter(string path, Stream stream, int mostBytes, bool passOverLong = false)
{
    private byte[] _buffer = new byte[Math.Min(1 << 16, mostBytes + 1L)];
    private int _start;
    private int _end;

    /// <summary>Line just read, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Whether the line just read ended with a line feed.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether the line just read was too long, and is empty for that.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The next line without its line feed, or false at the end. Valid until the next call.</summary>
    public bool Next(out ReadOnlyMemory<byte> line)
    {
        Number++;
        IsTooLong = false;
        var searched = 0;
        while (true)
        {
            var feed = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                line = _buffer.AsMemory(_start, searched + feed);
                _start += searched + feed + 1;
                IsEnded = true;
                return true;
            }

            searched = _end - _start;
            if (searched > mostBytes && passOverLong)
            {
                line = default;
                PassOver();
                return true;
            }
            if (searched > mostBytes)
                throw new FormatException($"{path}:{Number}", $"the line is longer than {mostBytes} bytes",
                    $"expected lines of at most {mostBytes} bytes", "check that every object has its own line");
            MakeRoom();
            var read = stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            if (read > 0)
                continue;
            line = _buffer.AsMemory(_start, searched);
            (_start, IsEnded) = (_end, false);
            return searched > 0;
        }
    }

    private void PassOver()
    {
        IsTooLong = true;
        while (true)
        {
            (_start, _end) = (0, stream.Read(_buffer, 0, _buffer.Length));
            if (_end == 0)
            {
                IsEnded = false;
                return;
            }
            var feed = _buffer.AsSpan(0, _end).IndexOf((byte)'\n');
            if (feed < 0) continue;
            (_start, IsEnded) = (feed + 1, true);
            return;
        }
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length)
            return;
        var kept = _buffer.AsSpan(_start, _end - _start);
        var target = kept.Length <= _buffer.Length / 2
            ? _buffer
            : new byte[Math.Min(2L * _buffer.Length, Math.Min(mostBytes + 1L, Array.MaxLength))];
        kept.CopyTo(target);
        (_buffer, _end, _start) = (target, kept.Length, 0);
    }
}
