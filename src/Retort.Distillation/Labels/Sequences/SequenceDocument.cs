using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Retort.Tensors;

namespace Retort.Labels.Sequences;

/// <summary>
/// The teacher's answers to one document, row by row: row t is about token t + 1, after tokens 0 to t. Used again for the next
/// document; one for each thread.
/// </summary>
public sealed class SequenceDocument
{
    private readonly SequenceLabelDescription _description;
    private readonly ITokenCodec _codec;
    private readonly RowSelector? _selector;
    private readonly TokenSampler? _sampler;
    private readonly int[] _ids;
    private readonly float[] _values;
    private readonly int[] _inputIds;
    private readonly byte[] _mask;
    private readonly float[] _normalisers;
    private readonly int[] _lengths;
    private readonly ArrayBufferWriter<byte> _rows = new();
    private ExampleKey _key;

    internal SequenceDocument(SequenceLabelDescription description)
    {
        _description = description;
        _codec = TokenCodecs.Of(description);
        if (description.KeepsTopK) _selector = new RowSelector(LabelKeep.Parse(description.Keep));
        if (description.Codec == SequenceCodec.Sampled) _sampler = new TokenSampler(description.Draws, new Seed(description.Seed));
        (_ids, _values) = (new int[description.MaximumKept], new float[description.MaximumKept]);
        (_inputIds, _mask) = (new int[description.MaximumTokens], new byte[description.MaximumTokens]);
        _lengths = new int[description.MaximumTokens];
        _normalisers = new float[description.MaximumTokens * description.Temperatures.Count];
    }

    /// <summary>Which document of the set it is.</summary>
    public int Index { get; private set; }

    public int Tokens { get; private set; }

    /// <summary>Rows so far; as many as tokens when it is whole.</summary>
    public int Rows { get; private set; }

    private string Place => $"document {Index}, row {Rows}";

    /// <summary>Forgets what was there and starts a document.</summary>
    /// <param name="index">Which of the set, from 0.</param>
    /// <param name="key">The key of its example.</param>
    /// <param name="inputIds">[T] its tokens.</param>
    public void Begin(int index, ExampleKey key, ReadOnlySpan<int> inputIds)
    {
        (Index, Tokens, Rows, _key) = (index, inputIds.Length, 0, key);
        if (inputIds.Length < 1 || inputIds.Length > _description.MaximumTokens)
            throw new RetortException($"document {index}", $"has {inputIds.Length} tokens.", $"expected 1 to {_description.MaximumTokens}.",
                "cut the text, or describe the labels with a longer longest document.");
        foreach (var id in inputIds)
            if ((uint)id >= (uint)_description.Vocabulary)
                throw new RetortException($"document {index}", $"has token {id}.", $"expected ids below {_description.Vocabulary}.",
                    "use the teacher's tokenizer.");
        inputIds.CopyTo(_inputIds);
        _rows.ResetWrittenCount();
    }

    /// <summary>Keeps of a whole row what the codec keeps: the most probable ids, or draws.</summary>
    /// <param name="logits">[V], at temperature 1.</param>
    public void AddLogits(ReadOnlySpan<float> logits)
    {
        Room();
        if (logits.Length != _description.Vocabulary)
            throw new RetortException(Place, $"the teacher answers with {logits.Length} logits.",
                $"expected {_description.Vocabulary}, one a token of its vocabulary.", "use the teacher that the labels are described for.");
        for (var index = 0; index < logits.Length; index++)
            if (!float.IsFinite(logits[index]))
                throw new RunFailedException(Place, $"the teacher's logit of token {index} is {logits[index]}.", "expected finite logits.",
                    "look at the teacher, or at that document.");
        if (_sampler is not null)
        {
            var drawn = _sampler.Draw(logits, Index, Rows, _ids, _values);
            Add(_ids.AsSpan(0, drawn), _values.AsSpan(0, drawn), double.NegativeInfinity);
            return;
        }
        if (_selector is null) throw Wrong("logits", "AddValues");
        var kept = _selector.Select(logits, _ids, out var normaliser, out var logTail);
        for (var index = 0; index < kept; index++) _values[index] = (float)Math.Min(0, logits[_ids[index]] - normaliser);
        for (var index = 0; index < _description.Temperatures.Count; index++)
            _normalisers[Rows * _description.Temperatures.Count + index] =
                (float)_selector.LogNormaliser(logits, normaliser, _description.Temperatures[index]);
        Add(_ids.AsSpan(0, kept), _values.AsSpan(0, kept), logTail);
    }

    /// <summary>A row truncated elsewhere, for instance by a server. Not for planned temperatures, which need all logits.</summary>
    /// <param name="ids">[K], in any order, at most what the rule keeps.</param>
    /// <param name="logProbabilities">[K] TRUE log-probabilities at T = 1.</param>
    /// <param name="logTail">Natural log of the mass of all other ids; −∞ for none.</param>
    public void AddRow(ReadOnlySpan<int> ids, ReadOnlySpan<float> logProbabilities, double logTail)
    {
        if (!_description.KeepsTopK || _description.Temperatures.Count > 0)
            throw Wrong("a truncated row", _description.Codec == SequenceCodec.DenseHalf ? "AddValues" : "AddLogits");
        if (ids.Length > _ids.Length || ids.Length != logProbabilities.Length)
            throw new RetortException(Place, $"has {ids.Length} ids and {logProbabilities.Length} log-probabilities.",
                $"expected as many of both, at most {_ids.Length}.", "ask the teacher for fewer, or keep more.");
        var kept = _ids.AsSpan(0, ids.Length);
        var values = _values.AsSpan(0, ids.Length);
        ids.CopyTo(kept);
        logProbabilities.CopyTo(values);
        kept.Sort(values);
        if (TokenCodecs.DistributionFault(kept, values, logTail, _description.Vocabulary, 1e-3) is { } fault)
            throw new RetortException(Place, fault + ".", "expected natural logs of probabilities over the whole vocabulary, at T = 1.",
                "if the server cannot give them as they are before any sampler, do not store them.");
        Add(kept, values, logTail);
    }

    /// <summary>Numbers of a dense codec.</summary>
    /// <param name="values">[W], within what f16 holds.</param>
    public void AddValues(ReadOnlySpan<float> values)
    {
        if (_description.Codec != SequenceCodec.DenseHalf) throw Wrong("numbers", "AddLogits");
        if (values.Length != _description.Width)
            throw new RetortException(Place, $"has {values.Length} numbers.", $"expected {_description.Width}.",
                "use the layers that the labels are described for.");
        for (var index = 0; index < values.Length; index++)
            if (!Half.IsFinite((Half)values[index]))
                throw new RunFailedException(Place, $"the teacher's number {index} is {values[index]}.",
                    $"expected finite numbers of at most {Half.MaxValue} for dense-f16.", "look at the teacher, or take another layer.");
        Add([], values, double.NegativeInfinity);
    }

    /// <summary>Rows that count in no loss, for instance of a prompt: they take no bytes.</summary>
    /// <param name="rows">How many.</param>
    public void AddUnlabelled(int rows = 1)
    {
        for (; rows > 0; rows--)
        {
            Room();
            var temperatures = _description.Temperatures.Count;
            _normalisers.AsSpan(Rows * temperatures, temperatures).Clear();
            (_lengths[Rows], _mask[Rows]) = (0, 0);
            Rows++;
        }
    }

    /// <summary>i32 number of the document, and its <see cref="DocumentFrame"/>.</summary>
    internal byte[] Frame()
    {
        if (Rows != Tokens)
            throw new ArgumentException($"Document {Index} has {Rows} rows of {Tokens}.");
        var temperatures = _description.Temperatures.Count;
        var frame = new byte[sizeof(int) + DocumentFrame.Head + DocumentFrame.TokenBytes(temperatures) * Tokens + _rows.WrittenCount];
        BinaryPrimitives.WriteInt32LittleEndian(frame, Index);
        _key.Write(frame.AsSpan(sizeof(int)));
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(sizeof(int) + ExampleKey.Bytes), Tokens);
        var rest = frame.AsSpan(sizeof(int) + DocumentFrame.Head);
        Put(MemoryMarshal.AsBytes(_inputIds.AsSpan(0, Tokens)), ref rest);
        Put(_mask.AsSpan(0, Tokens), ref rest);
        Put(MemoryMarshal.AsBytes(_normalisers.AsSpan(0, temperatures * Tokens)), ref rest);
        Put(MemoryMarshal.AsBytes(_lengths.AsSpan(0, Tokens)), ref rest);
        Put(_rows.WrittenSpan, ref rest);
        return frame;

        static void Put(ReadOnlySpan<byte> part, ref Span<byte> rest)
        {
            part.CopyTo(rest);
            rest = rest[part.Length..];
        }
    }

    private void Add(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, double logTail)
    {
        Room();
        var length = _codec.Encode(ids, values, logTail, _rows.GetSpan(_codec.MaximumBytes));
        _rows.Advance(length);
        (_lengths[Rows], _mask[Rows]) = (length, 1);
        Rows++;
    }

    private void Room()
    {
        if (Rows == Tokens) throw new InvalidOperationException($"Document {Index} has {Tokens} tokens, and a row for each already.");
    }

    private InvalidOperationException Wrong(string what, string method) =>
        new($"Labels of codec {SequenceLabelDescription.NameOf(_description.Codec)} do not take {what} here; use {method}.");
}
