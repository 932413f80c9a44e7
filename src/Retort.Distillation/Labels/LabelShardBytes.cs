using System.Buffers.Binary;
using System.Globalization;
using Retort.Formats.Safetensors;
using Retort.Tensors;

namespace Retort.Labels;

/// <summary>
/// A sealed file of labels, memory-mapped. The metadata are checked against their CRC when it is opened, a MiB of payload and any
/// other tensor when it is first touched. Safe from several threads: at worst two check the same bytes.
/// </summary>
internal sealed class LabelShardBytes : IDisposable
{
    public const string DeleteShard = "delete this file and run again with --resume: only its rows are labelled again.";

    private readonly SafetensorsReader _reader;
    private readonly HashSet<string> _checked = [];
    private int[] _blockChecked = [];

    private LabelShardBytes(SafetensorsReader reader) => _reader = reader;

    public string Path => _reader.Path;
    public IReadOnlyDictionary<string, string> Metadata => _reader.Metadata;

    /// <summary>Bytes of all rows.</summary>
    public long PayloadBytes { get; private set; }

    public static LabelShardBytes Open(string path)
    {
        var shard = new LabelShardBytes(SafetensorsReader.Open(path));
        try
        {
            shard.CheckHead();
            return shard;
        }
        catch
        {
            shard.Dispose();
            throw;
        }
    }

    public bool Has(string name) => _reader.Entries.ContainsKey(name);

    /// <summary>Refuses a tensor that is missing or has another type or size.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="type">Its type.</param>
    /// <param name="elements">How many; null for any number.</param>
    public SafetensorsEntry Entry(string name, SafetensorsType type, long? elements)
    {
        if (!_reader.Entries.TryGetValue(name, out var entry)) throw Damaged($"tensor '{name}'", "nothing", "it to be there");
        if (entry.DataType != type || entry.Elements != (elements ?? entry.Elements))
            throw Damaged($"tensor '{name}'", $"{entry.DataType} of {entry.Elements}", $"{type} of {elements ?? entry.Elements}");
        return entry;
    }

    /// <summary>Refuses a number that is not the one which the file's name stands for.</summary>
    /// <param name="key">A key of the metadata.</param>
    /// <param name="expected">Its value.</param>
    public void Same(string key, int expected)
    {
        var found = Metadata.GetValueOrDefault(key, "(none)");
        if (found != expected.ToString(CultureInfo.InvariantCulture))
            throw new RetortException(Path, $"has {key} {found}.", $"expected {expected}, by its name.", LabelRefusal.Relabel);
    }

    /// <summary>A tensor of at most 2 GiB whose CRC stands in the metadata as <c>NAME_crc32c</c>.</summary>
    public ReadOnlySpan<byte> Tensor(string name)
    {
        var bytes = _reader.Bytes(name);
        lock (_checked)
        {
            if (_checked.Contains(name)) return bytes;
            var stored = Metadata.GetValueOrDefault(name + "_crc32c", "(none)");
            var computed = LabelShardFile.Hex(Crc32C.Compute(bytes));
            if (stored != computed) throw Damaged(name, $"CRC {computed}", stored);
            _checked.Add(name);
        }
        return bytes;
    }

    /// <summary>[count + 1] numbers of an I64 tensor that rise from 0 to <paramref name="end"/>, each beyond the one before.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="count">Parts between them.</param>
    /// <param name="end">The last of them.</param>
    public int[] Offsets(string name, int count, int end)
    {
        Entry(name, SafetensorsType.I64, count + 1L);
        var bytes = Tensor(name);
        var offsets = new int[count + 1];
        var previous = -1L;
        for (var index = 0; index <= count; index++)
        {
            var value = BinaryPrimitives.ReadInt64LittleEndian(bytes[(8 * index)..]);
            if (value <= previous || value > end || index == 0 && value != 0)
                throw Damaged(name, $"{value} after {previous}", $"ascending offsets from 0 to {end}");
            offsets[index] = (int)(previous = value);
        }
        if (previous != end) throw Damaged(name, $"{previous} at its end", $"{end}");
        return offsets;
    }

    /// <summary>Bytes [offset, offset + length) of the payload, checked.</summary>
    public ReadOnlySpan<byte> Payload(long offset, int length)
    {
        if (length == 0) return [];
        for (var block = offset / LabelShardFile.BlockBytes; block <= (offset + length - 1) / LabelShardFile.BlockBytes; block++)
            CheckBlock((int)block);
        return _reader.Slice(LabelShardFile.Payload, offset, length);
    }

    public RetortException Damaged(string where, string found, string expected) =>
        new(Path, $"is damaged in {where}: {found}.", $"expected {expected}.", DeleteShard);

    public void Dispose() => _reader.Dispose();

    private void CheckHead()
    {
        if (!Metadata.TryGetValue("metadata_crc32c", out var crc) || crc != LabelShardFile.MetadataCrc(Metadata))
            throw Damaged("its metadata", $"CRC {LabelShardFile.MetadataCrc(Metadata)}", crc ?? "one in the file");
        PayloadBytes = Entry(LabelShardFile.Payload, SafetensorsType.U8, null).Length;
        var blocks = (PayloadBytes + LabelShardFile.BlockBytes - 1) / LabelShardFile.BlockBytes;
        Entry(LabelShardFile.BlockCrc, SafetensorsType.U32, blocks);
        _blockChecked = new int[blocks];
    }

    private void CheckBlock(int block)
    {
        if (Volatile.Read(ref _blockChecked[block]) != 0) return;
        var start = (long)block * LabelShardFile.BlockBytes;
        var bytes = _reader.Slice(LabelShardFile.Payload, start, (int)Math.Min(LabelShardFile.BlockBytes, PayloadBytes - start));
        var stored = BinaryPrimitives.ReadUInt32LittleEndian(_reader.Slice(LabelShardFile.BlockCrc, 4L * block, 4));
        var computed = Crc32C.Compute(bytes);
        if (stored != computed) throw Damaged($"block {block} (1 MiB)", $"CRC {LabelShardFile.Hex(computed)}", LabelShardFile.Hex(stored));
        Volatile.Write(ref _blockChecked[block], 1);
    }
}
