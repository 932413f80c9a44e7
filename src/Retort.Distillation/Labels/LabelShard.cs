using Retort.Tensors;

namespace Retort.Labels;

/// <summary>
/// One sealed shard, memory-mapped. A MiB of payload is checked against its CRC, and a row against its codec, on first touch.
/// </summary>
internal sealed class LabelShard : IDisposable
{
    private readonly LabelShardBytes _bytes;
    private readonly LabelRowCodec _codec;
    private readonly int[] _offsets;
    private readonly int[] _rowChecked;
    private readonly int _firstRow;

    private LabelShard(LabelShardBytes bytes, int unit, double sumError)
    {
        _bytes = bytes;
        Description = LabelSetDescription.FromMetadata(bytes.Metadata, bytes.Path);
        _codec = new LabelRowCodec(Description, sumError);
        _firstRow = unit * LabelLayout.UnitRows;
        Rows = LabelLayout.Rows(unit, Description.Examples);
        bytes.Same("first_row", _firstRow);
        bytes.Same("rows", Rows);
        if (bytes.PayloadBytes > int.MaxValue) throw bytes.Damaged("its payload", $"{bytes.PayloadBytes} bytes", "at most 2 GiB");
        _rowChecked = new int[Rows];
        _offsets = Offsets();
    }

    public LabelSetDescription Description { get; }
    public int Rows { get; }
    public int PayloadBytes => (int)_bytes.PayloadBytes;

    /// <param name="path">Its file.</param>
    /// <param name="unit">Which unit it must be.</param>
    /// <param name="sumError">How far a row may sum from 1 beyond what rounding explains.</param>
    public static LabelShard Open(string path, int unit, double sumError = 0)
    {
        var bytes = LabelShardBytes.Open(path);
        try
        {
            return new LabelShard(bytes, unit, sumError);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a row, counted within the shard; safe from several threads.</summary>
    public ReadOnlySpan<byte> Row(int row)
    {
        var bytes = _bytes.Payload(_offsets[row], _offsets[row + 1] - _offsets[row]);
        if (Volatile.Read(ref _rowChecked[row]) != 0) return bytes;
        if (_codec.Fault(bytes) is { } fault)
            throw new RetortException(_bytes.Path, $"row {_firstRow + row} {fault}.", "expected an answer over the classes.",
                LabelShardBytes.DeleteShard);
        Volatile.Write(ref _rowChecked[row], 1);
        return bytes;
    }

    public void CheckAll()
    {
        for (var row = 0; row < Rows; row++) Row(row);
    }

    public void Dispose() => _bytes.Dispose();

    /// <summary>[rows + 1] byte offsets of the rows in the payload.</summary>
    private int[] Offsets()
    {
        if (_codec.Stride is not { } stride) return _bytes.Offsets(LabelShardFile.RowOffsets, Rows, PayloadBytes);
        if ((long)Rows * stride != PayloadBytes) throw _bytes.Damaged("its payload", $"{PayloadBytes} bytes", $"{(long)Rows * stride}");
        return [.. Enumerable.Range(0, Rows + 1).Select(row => row * stride)];
    }
}
