using System.Buffers.Binary;
using System.Globalization;
using Retort.Formats.Safetensors;
using Retort.Tensors;

namespace Retort.Labels;

/// <summary>
/// One sealed shard, memory-mapped. A MiB of payload is checked against its CRC, and a row against its codec, on first touch.
/// </summary>
internal sealed class LabelShard : IDisposable
{
    private readonly SafetensorsReader _reader;
    private readonly LabelRowCodec _codec;
    private readonly int[] _offsets;
    private readonly int[] _blockChecked;
    private readonly int[] _rowChecked;
    private readonly int _firstRow;

    private LabelShard(SafetensorsReader reader, int unit, double sumError)
    {
        _reader = reader;
        var metadata = reader.Metadata;
        if (!metadata.TryGetValue("metadata_crc32c", out var crc) || crc != LabelShardFile.MetadataCrc(metadata))
            throw Damaged("its metadata", $"CRC {LabelShardFile.MetadataCrc(metadata)}", crc ?? "one in the file");
        Description = LabelSetDescription.FromMetadata(metadata, reader.Path);
        _codec = new LabelRowCodec(Description, sumError);
        _firstRow = unit * LabelLayout.UnitRows;
        Rows = LabelLayout.Rows(unit, Description.Examples);
        Same("first_row", _firstRow);
        Same("rows", Rows);

        PayloadBytes = (int)Entry(LabelShardFile.Payload, SafetensorsType.U8, null).Length;
        var blocks = (PayloadBytes + LabelShardFile.BlockBytes - 1) / LabelShardFile.BlockBytes;
        Entry(LabelShardFile.BlockCrc, SafetensorsType.U32, blocks);
        _blockChecked = new int[blocks];
        _rowChecked = new int[Rows];
        _offsets = Offsets();

        void Same(string key, int expected)
        {
            var found = metadata.GetValueOrDefault(key, "(none)");
            if (found != expected.ToString(CultureInfo.InvariantCulture))
                throw new RetortException(reader.Path, $"has {key} {found}.", $"expected {expected}, by its name.", LabelRefusal.Relabel);
        }
    }

    public LabelSetDescription Description { get; }
    public int Rows { get; }
    public int PayloadBytes { get; }

    /// <param name="path">Its file.</param>
    /// <param name="unit">Which unit it must be.</param>
    /// <param name="sumError">How far a row may sum from 1 beyond what rounding explains.</param>
    public static LabelShard Open(string path, int unit, double sumError = 0)
    {
        var reader = SafetensorsReader.Open(path);
        try
        {
            return new LabelShard(reader, unit, sumError);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a row, counted within the shard; safe from several threads.</summary>
    public ReadOnlySpan<byte> Row(int row)
    {
        var payload = _reader.Bytes(LabelShardFile.Payload);
        var bytes = payload[_offsets[row].._offsets[row + 1]];
        if (Volatile.Read(ref _rowChecked[row]) != 0) return bytes;
        for (var block = _offsets[row] / LabelShardFile.BlockBytes; block <= (_offsets[row + 1] - 1) / LabelShardFile.BlockBytes; block++)
            CheckBlock(payload, block);
        if (_codec.Fault(bytes) is { } fault)
            throw new RetortException(_reader.Path, $"row {_firstRow + row} {fault}.", "expected an answer over the classes.", DeleteShard);
        Volatile.Write(ref _rowChecked[row], 1);
        return bytes;
    }

    public void CheckAll()
    {
        for (var row = 0; row < Rows; row++) Row(row);
    }

    public void Dispose() => _reader.Dispose();

    private const string DeleteShard = "delete this file and run again with --resume: only its rows are labelled again.";

    private void CheckBlock(ReadOnlySpan<byte> payload, int block)
    {
        if (Volatile.Read(ref _blockChecked[block]) != 0) return;
        var stored = BinaryPrimitives.ReadUInt32LittleEndian(_reader.Slice(LabelShardFile.BlockCrc, 4L * block, 4));
        var computed = Crc32C.Compute(LabelShardFile.Block(payload, block));
        if (stored != computed) throw Damaged($"block {block} (1 MiB)", $"CRC {LabelShardFile.Hex(computed)}", LabelShardFile.Hex(stored));
        Volatile.Write(ref _blockChecked[block], 1);
    }

    /// <summary>[rows + 1] byte offsets of the rows in the payload.</summary>
    private int[] Offsets()
    {
        var offsets = new int[Rows + 1];
        if (_codec.Stride is { } stride)
        {
            for (var row = 0; row <= Rows; row++) offsets[row] = row * stride;
        }
        else
        {
            Entry(LabelShardFile.RowOffsets, SafetensorsType.I64, Rows + 1);
            var stored = _reader.Metadata.GetValueOrDefault("row_offsets_crc32c", "(none)");
            var computed = LabelShardFile.Hex(Crc32C.Compute(_reader.Bytes(LabelShardFile.RowOffsets)));
            if (stored != computed) throw Damaged(LabelShardFile.RowOffsets, $"CRC {computed}", stored);
            _reader.ReadInts(LabelShardFile.RowOffsets, offsets);
        }
        for (var row = 0; row < Rows; row++)
            if (offsets[row] < 0 || offsets[row + 1] <= offsets[row]) throw Damaged(LabelShardFile.RowOffsets,
                $"{offsets[row + 1]} after {offsets[row]}", "ascending offsets from 0");
        if (offsets[0] != 0 || offsets[Rows] != PayloadBytes) throw Damaged("its payload", $"{PayloadBytes} bytes", $"{offsets[Rows]}");
        return offsets;
    }

    private SafetensorsEntry Entry(string name, SafetensorsType type, int? elements)
    {
        if (!_reader.Entries.TryGetValue(name, out var entry)) throw Damaged($"tensor '{name}'", "nothing", "it to be there");
        if (entry.DataType != type || entry.Length > int.MaxValue || entry.Elements != (elements ?? entry.Elements))
            throw Damaged($"tensor '{name}'", $"{entry.DataType} of {entry.Elements}", $"{type} of {elements ?? entry.Elements}");
        return entry;
    }

    private RetortException Damaged(string where, string found, string expected) =>
        new(_reader.Path, $"is damaged in {where}: {found}.", $"expected {expected}.", DeleteShard);
}
