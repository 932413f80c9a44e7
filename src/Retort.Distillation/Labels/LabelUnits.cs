using System.Buffers.Binary;

namespace Retort.Labels;

/// <summary>What <see cref="LabelUnits"/> asks about the labels that it keeps.</summary>
internal interface IUnitContent
{
    /// <summary>Examples of all units, and of one.</summary>
    int Examples { get; }

    int UnitExamples { get; }

    /// <summary>Whether the bytes behind an example's number are an answer to it.</summary>
    bool IsAnswer(ReadOnlySpan<byte> answer);

    /// <summary>Checks a sealed shard wholly, and refuses one of something else.</summary>
    void Adopt(string path, int unit);

    /// <summary>Writes a shard whole or not at all.</summary>
    void Write(string path, int unit, IReadOnlyList<byte[]> answers);

    /// <summary>Writes the manifest.</summary>
    void Finish();
}

/// <summary>
/// Labels on their way into a folder, in order, in units. An answer goes to the unit's journal; a full unit is sealed: journal
/// flushed, shard written whole (temporary file, flush to disk, rename, folder flushed), journal deleted; after the last unit the
/// manifest. Whatever step a crash comes between, opening again finds the same answers. For one thread.
/// </summary>
internal sealed class LabelUnits : IDisposable
{
    private readonly string _folder;
    private readonly IUnitContent _content;
    private readonly Action<string>? _atStep;
    private readonly int[] _done;
    private LabelJournal? _journal;
    private int _unit;

    private LabelUnits(string folder, IUnitContent content, Action<string>? atStep)
    {
        (_folder, _content, _atStep) = (folder, content, atStep);
        _done = new int[LabelLayout.Units(content.Examples, content.UnitExamples)];
    }

    /// <summary>Adopts sealed shards, recovers journals, and removes what a crash left behind.</summary>
    /// <param name="folder">The labels folder.</param>
    /// <param name="content">What kind of labels they are.</param>
    /// <param name="atStep">Called after each step of sealing, for tests that stop there.</param>
    public static LabelUnits Open(string folder, IUnitContent content, Action<string>? atStep)
    {
        var units = new LabelUnits(folder, content, atStep);
        units.Recover();
        return units;
    }

    /// <summary>The lowest example without an answer; the number of all when there is none.</summary>
    public int Next => _unit < _done.Length ? _unit * _content.UnitExamples + _done[_unit] : _content.Examples;

    /// <summary>Every example without an answer, ascending.</summary>
    public IReadOnlyList<int> Missing() => [.. Enumerable.Range(0, _done.Length).SelectMany(unit =>
        Enumerable.Range(unit * _content.UnitExamples + _done[unit], Size(unit) - _done[unit]))];

    /// <param name="frame">i32 number of the example, which must be <see cref="Next"/>, and the answer.</param>
    public void Append(ReadOnlySpan<byte> frame)
    {
        _journal ??= OpenJournal(_unit, null);
        _journal.Append(frame);
        _done[_unit]++;
        if (_done[_unit] < Size(_unit)) return;
        Flush(toDisk: true);
        _journal.Dispose();
        _journal = null;
        _atStep?.Invoke("journal-flushed");
        Seal(_unit);
        Advance();
        if (_unit < _done.Length) return;
        _content.Finish();
        _atStep?.Invoke("manifest-written");
    }

    /// <summary>Hands what was appended to the operating system, or to the disk.</summary>
    /// <param name="toDisk">Whether it must outlive a power cut.</param>
    public void Flush(bool toDisk) => _journal?.Flush(toDisk);

    public void Dispose() => _journal?.Dispose();

    private void Recover()
    {
        for (var unit = 0; unit < _done.Length; unit++)
        {
            if (File.Exists(Shard(unit)))
            {
                _content.Adopt(Shard(unit), unit);
                _done[unit] = Size(unit);
                File.Delete(LabelLayout.Journal(_folder, unit));
            }
            else if (File.Exists(LabelLayout.Journal(_folder, unit)))
            {
                var answers = new List<byte[]>();
                OpenJournal(unit, answers).Dispose();
                _done[unit] = answers.Count;
                if (answers.Count == Size(unit)) Seal(unit);
            }
        }
        foreach (var leftover in Directory.EnumerateFiles(_folder, ".*.tmp")) File.Delete(leftover);
        Advance();
        var manifest = Path.Combine(_folder, LabelLayout.ManifestName);
        if (_unit < _done.Length) File.Delete(manifest);
        else if (!File.Exists(manifest)) _content.Finish();
    }

    /// <summary>Opens a unit's journal; its first frame that is not the next example, or is no answer, ends it.</summary>
    private LabelJournal OpenJournal(int unit, List<byte[]>? answers)
    {
        var next = unit * _content.UnitExamples;
        var end = next + Size(unit);
        return LabelJournal.Open(LabelLayout.Journal(_folder, unit), payload =>
        {
            if (next == end || payload.Length < sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(payload) != next) return false;
            if (!_content.IsAnswer(payload[sizeof(int)..])) return false;
            answers?.Add(payload[sizeof(int)..].ToArray());
            next++;
            return true;
        });
    }

    private void Seal(int unit)
    {
        var answers = new List<byte[]>(Size(unit));
        OpenJournal(unit, answers).Dispose();
        _content.Write(Shard(unit), unit, answers);
        _atStep?.Invoke("shard-written");
        File.Delete(LabelLayout.Journal(_folder, unit));
        _atStep?.Invoke("journal-deleted");
    }

    private void Advance()
    {
        while (_unit < _done.Length && _done[_unit] == Size(_unit)) _unit++;
    }

    private int Size(int unit) => LabelLayout.Rows(unit, _content.Examples, _content.UnitExamples);

    private string Shard(int unit) => LabelLayout.Shard(_folder, unit, _content.Examples, _content.UnitExamples);
}
