using System.Buffers.Binary;
using Retort.Tensors;

namespace Retort.Labels;

/// <summary>
/// Writes the labels of a fixed-size data set into a folder, in row order, in units of 4096 rows. A row goes to the unit's journal;
/// a full unit is sealed: journal flushed, shard written whole (temporary file, flush to disk, rename, folder flushed), journal
/// deleted; after the last unit the manifest. Whatever step a crash comes between, opening again finds the same rows.
/// For one thread.
/// </summary>
public sealed class LabelWriter : IDisposable
{
    private readonly string _folder;
    private readonly LabelSetDescription _description;
    private readonly LabelRowCodec _codec;
    private readonly Action<string>? _atStep;
    private readonly int[] _done;
    private readonly byte[] _frame;
    private LabelJournal? _journal;
    private int _unit;

    private LabelWriter(string folder, LabelSetDescription description, Action<string>? atStep)
    {
        (_folder, _description, _atStep) = (folder, description, atStep);
        _codec = new LabelRowCodec(description);
        _done = new int[LabelLayout.Units(description.Examples)];
        _frame = new byte[sizeof(int) + _codec.MaximumBytes];
    }

    /// <summary>Starts a set, or goes on with the one in the folder: sealed shards are checked and adopted, journals recovered.</summary>
    /// <exception cref="RetortException">The folder holds labels of something else, or a damaged shard.</exception>
    public static LabelWriter Open(string folder, LabelSetDescription description) => Open(folder, description, null);

    /// <param name="folder">The labels folder; made when missing.</param>
    /// <param name="description">What is labelled by what.</param>
    /// <param name="atStep">Called after each step of sealing, for tests that stop there.</param>
    internal static LabelWriter Open(string folder, LabelSetDescription description, Action<string>? atStep)
    {
        Directory.CreateDirectory(folder);
        var keep = LabelKeep.Parse(description.Keep);
        description = description with { Keep = (description.Codec == LabelCodec.TopK ? keep : LabelKeep.All).ToString() };
        var refusal = new LabelRefusal();
        refusal.Check(folder, description, description);
        if ((long)new LabelRowCodec(description).MaximumBytes * LabelLayout.UnitRows > int.MaxValue)
            throw new RetortException(folder, $"{description.Classes} classes make a shard of more than 2 GiB.",
                "expected at most 131,000 classes for dense labels.", "use top-k labels.");
        var path = Path.Combine(folder, LabelLayout.DescriptionName);
        if (File.Exists(path))
        {
            var found = LabelManifest.ReadDescription(path);
            refusal.Check(path, found, description);
            description = found;
        }
        else
        {
            LabelManifest.WriteDescription(folder, description);
        }
        var writer = new LabelWriter(folder, description, atStep);
        writer.Recover();
        return writer;
    }

    /// <summary>The lowest row without a label; <c>Examples</c> when there is none.</summary>
    public int NextRow => _unit < _done.Length ? _unit * LabelLayout.UnitRows + _done[_unit] : _description.Examples;

    /// <summary>Every row without a label, ascending: the order in which <see cref="Append"/> wants them.</summary>
    public IReadOnlyList<int> MissingRows() =>
        [.. Enumerable.Range(0, _done.Length).SelectMany(unit => Enumerable.Range(unit * LabelLayout.UnitRows + _done[unit],
            LabelLayout.Rows(unit, _description.Examples) - _done[unit]))];

    /// <summary>Stores the teacher's answer to a row.</summary>
    /// <param name="row">Must be <see cref="NextRow"/>.</param>
    /// <param name="logits">[classes], at temperature 1.</param>
    public void Append(int row, ReadOnlySpan<float> logits)
    {
        if (row != NextRow || row >= _description.Examples)
            throw new ArgumentException($"Row {row} was given; the next row is {NextRow} of {_description.Examples}.", nameof(row));
        if (logits.Length != _description.Classes)
            throw new RetortException(_folder, $"the teacher answers row {row} with {logits.Length} logits.",
                $"expected {_description.Classes}, one a class.", "use a teacher of these classes.");
        for (var index = 0; index < logits.Length; index++)
            if (!float.IsFinite(logits[index]))
                throw new RunFailedException(_folder, $"the teacher's logit of class {index} in row {row} is {logits[index]}.",
                    "expected finite logits.", "look at the teacher's training, or at that example.");

        BinaryPrimitives.WriteInt32LittleEndian(_frame, row);
        var length = _codec.Encode(logits, _frame.AsSpan(sizeof(int)));
        _journal ??= OpenJournal(_unit, null);
        _journal.Append(_frame.AsSpan(0, sizeof(int) + length));
        _done[_unit]++;
        Settle();
    }

    public void Dispose() => _journal?.Dispose();

    private void Recover()
    {
        for (var unit = 0; unit < _done.Length; unit++)
        {
            var path = LabelLayout.Shard(_folder, unit, _description.Examples);
            if (File.Exists(path))
            {
                using var shard = LabelShard.Open(path, unit);
                var refusal = new LabelRefusal();
                refusal.Check(path, shard.Description, _description);
                refusal.CheckSameSet(path, shard.Description, Path.Combine(_folder, LabelLayout.DescriptionName), _description);
                shard.CheckAll();
                _done[unit] = shard.Rows;
                File.Delete(LabelLayout.Journal(_folder, unit));
            }
            else if (File.Exists(LabelLayout.Journal(_folder, unit)))
            {
                var rows = new List<byte[]>();
                OpenJournal(unit, rows).Dispose();
                _done[unit] = rows.Count;
                if (rows.Count == LabelLayout.Rows(unit, _description.Examples)) Seal(unit);
            }
        }
        foreach (var leftover in Directory.EnumerateFiles(_folder, ".*.tmp")) File.Delete(leftover);
        Advance();
        var manifest = Path.Combine(_folder, LabelLayout.ManifestName);
        if (_unit < _done.Length) File.Delete(manifest);
        else if (!File.Exists(manifest)) LabelManifest.Write(_folder, _description);
    }

    /// <summary>Opens a unit's journal; its first frame that is not the next row, or is no label, ends it.</summary>
    private LabelJournal OpenJournal(int unit, List<byte[]>? rows)
    {
        var next = unit * LabelLayout.UnitRows;
        var end = next + LabelLayout.Rows(unit, _description.Examples);
        return LabelJournal.Open(LabelLayout.Journal(_folder, unit), payload =>
        {
            if (next == end || payload.Length < sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(payload) != next) return false;
            if (_codec.Fault(payload[sizeof(int)..]) is not null) return false;
            rows?.Add(payload[sizeof(int)..].ToArray());
            next++;
            return true;
        });
    }

    private void Settle()
    {
        if (_done[_unit] < LabelLayout.Rows(_unit, _description.Examples)) return;
        _journal!.Flush(toDisk: true);
        _journal.Dispose();
        _journal = null;
        _atStep?.Invoke("journal-flushed");
        Seal(_unit);
        Advance();
        if (_unit < _done.Length) return;
        LabelManifest.Write(_folder, _description);
        _atStep?.Invoke("manifest-written");
    }

    private void Seal(int unit)
    {
        var rows = new List<byte[]>(LabelLayout.UnitRows);
        OpenJournal(unit, rows).Dispose();
        LabelShardFile.Write(LabelLayout.Shard(_folder, unit, _description.Examples), _description, unit * LabelLayout.UnitRows, rows,
            _codec.Stride is not null);
        _atStep?.Invoke("shard-written");
        File.Delete(LabelLayout.Journal(_folder, unit));
        _atStep?.Invoke("journal-deleted");
    }

    private void Advance()
    {
        while (_unit < _done.Length && _done[_unit] == LabelLayout.Rows(_unit, _description.Examples)) _unit++;
    }
}
