using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Retort.Formats.Safetensors;
using Retort.Tensors;

namespace Retort.Labels.Sequences;

/// <summary>
/// One sealed shard of documents, memory-mapped. Offsets of documents and their keys are checked when it is opened; everything else,
/// and every row of a document against its codec, on first touch.
/// </summary>
internal sealed class SequenceShard : IDisposable
{
    private readonly LabelShardBytes _bytes;
    private readonly ITokenCodec _codec;
    private readonly int[] _firstTokens;
    private readonly int[] _documentChecked;
    private readonly int? _rowBytes;

    private SequenceShard(LabelShardBytes bytes, int unit, int unitDocuments, double sumError)
    {
        _bytes = bytes;
        Description = SequenceLabelDescription.FromMetadata(bytes.Metadata, bytes.Path);
        _codec = TokenCodecs.Of(Description, sumError);
        bytes.Same("unit_documents", unitDocuments);
        if (unit >= LabelLayout.Units(Description.Documents, unitDocuments))
            throw bytes.Damaged("documents_in_all", $"{Description.Documents}", "more, by its name");
        FirstDocument = unit * unitDocuments;
        Documents = LabelLayout.Rows(unit, Description.Documents, unitDocuments);
        bytes.Same("first_document", FirstDocument);
        bytes.Same("documents", Documents);
        Tokens = new LabelMetadata(bytes.Metadata, bytes.Path).Number<int>("tokens");
        _firstTokens = bytes.Offsets(SequenceShardFile.DocumentOffsets, Documents, Tokens);
        bytes.Entry(SequenceShardFile.InputIds, SafetensorsType.I32, Tokens);
        bytes.Entry(SequenceShardFile.ExampleKeys, SafetensorsType.U8, (long)ExampleKey.Bytes * Documents);
        if (HasMask) bytes.Entry(SequenceShardFile.LossMask, SafetensorsType.U8, Tokens);
        if (Description.Temperatures.Count > 0)
            bytes.Entry(SequenceShardFile.Normalisers, SafetensorsType.F32, (long)Tokens * Description.Temperatures.Count);
        if (bytes.Has(LabelShardFile.RowOffsets))
        {
            bytes.Entry(LabelShardFile.RowOffsets, SafetensorsType.I64, Tokens + 1L);
        }
        else
        {
            _rowBytes = new LabelMetadata(bytes.Metadata, bytes.Path).Number<int>(SequenceShardFile.RowBytes);
            if (_rowBytes < 0 || (long)_rowBytes * Tokens != bytes.PayloadBytes)
                throw bytes.Damaged("its payload", $"{bytes.PayloadBytes} bytes", $"{(long)_rowBytes * Tokens}");
        }
        _documentChecked = new int[Documents];
    }

    public SequenceLabelDescription Description { get; }
    public int FirstDocument { get; }
    public int Documents { get; }
    public int Tokens { get; }
    public long PayloadBytes => _bytes.PayloadBytes;

    private bool HasMask => _bytes.Has(SequenceShardFile.LossMask);

    /// <param name="path">Its file.</param>
    /// <param name="unit">Which unit it must be.</param>
    /// <param name="unitDocuments">Documents of a unit.</param>
    /// <param name="sumError">How far a row may sum from 1 beyond what rounding explains.</param>
    public static SequenceShard Open(string path, int unit, int unitDocuments, double sumError = 0)
    {
        var bytes = LabelShardBytes.Open(path);
        try
        {
            return new SequenceShard(bytes, unit, unitDocuments, sumError);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Tokens of a document, counted within the shard.</summary>
    public int Length(int document) => _firstTokens[document + 1] - _firstTokens[document];

    public ExampleKey Key(int document) =>
        ExampleKey.Read(_bytes.Tensor(SequenceShardFile.ExampleKeys)[(ExampleKey.Bytes * document)..]);

    public ReadOnlySpan<int> InputIds(int document) => Part<int>(SequenceShardFile.InputIds, document, 1);

    /// <summary>1 for each row that counts; empty when all do.</summary>
    public ReadOnlySpan<byte> Mask(int document) => HasMask ? Part<byte>(SequenceShardFile.LossMask, document, 1) : [];

    /// <summary>[T, n].</summary>
    public ReadOnlySpan<float> Normalisers(int document) =>
        Part<float>(SequenceShardFile.Normalisers, document, Description.Temperatures.Count);

    /// <summary>Decodes a row; K, which is 0 for a row without a label.</summary>
    /// <param name="document">Which, within the shard.</param>
    /// <param name="row">Which of its rows.</param>
    /// <param name="ids">Room for the most outcomes of a row.</param>
    /// <param name="values">As many.</param>
    /// <param name="logTail">Natural log of the mass of all other ids.</param>
    public int Decode(int document, int row, Span<int> ids, Span<float> values, out float logTail)
    {
        if (Volatile.Read(ref _documentChecked[document]) == 0) Check(document);
        var bytes = Row(_firstTokens[document] + row);
        logTail = 0;
        return bytes.Length == 0 ? 0 : _codec.Decode(bytes, ids, values, out logTail);
    }

    public void CheckAll()
    {
        for (var document = 0; document < Documents; document++) Check(document);
    }

    public void Dispose() => _bytes.Dispose();

    private ReadOnlySpan<T> Part<T>(string name, int document, int width) where T : struct =>
        MemoryMarshal.Cast<byte, T>(_bytes.Tensor(name)).Slice(_firstTokens[document] * width, Length(document) * width);

    /// <summary>The bytes of a row, whose block is checked.</summary>
    private ReadOnlySpan<byte> Row(int token)
    {
        if (_rowBytes is { } length) return _bytes.Payload((long)token * length, length);
        var offsets = _bytes.Tensor(LabelShardFile.RowOffsets)[(8 * token)..];
        var (start, end) = (BinaryPrimitives.ReadInt64LittleEndian(offsets), BinaryPrimitives.ReadInt64LittleEndian(offsets[8..]));
        if (start < 0 || end < start || end > _bytes.PayloadBytes || end - start > _codec.MaximumBytes)
            throw _bytes.Damaged(LabelShardFile.RowOffsets, $"{end} after {start}",
                $"rows of at most {_codec.MaximumBytes} bytes within {_bytes.PayloadBytes}");
        return _bytes.Payload(start, (int)(end - start));
    }

    private void Check(int document)
    {
        var (ids, values) = (new int[_codec.MaximumKept], new float[_codec.MaximumKept]);
        var mask = Mask(document);
        foreach (var id in InputIds(document))
            if ((uint)id >= (uint)Description.Vocabulary) throw Faulty(document, $"has token {id} of {Description.Vocabulary}");
        for (var row = 0; row < Length(document); row++)
        {
            var bytes = Row(_firstTokens[document] + row);
            var counts = mask.Length == 0 || mask[row] != 0;
            if (SequenceRows.Fault(_codec, bytes, counts, ids, values) is { } fault) throw Faulty(document, $"row {row} {fault}");
        }
        Volatile.Write(ref _documentChecked[document], 1);
    }

    private RetortException Faulty(int document, string fault) => new(_bytes.Path,
        string.Create(CultureInfo.InvariantCulture, $"document {FirstDocument + document} {fault}."),
        "expected an answer over the vocabulary.", LabelShardBytes.DeleteShard);
}
