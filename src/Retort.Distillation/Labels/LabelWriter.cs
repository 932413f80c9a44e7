using System.Buffers.Binary;
using Retort.Tensors;

namespace Retort.Labels;

/// <summary>
/// Writes the labels of a fixed-size data set into a folder, in row order, in units of 4096 rows; see <see cref="LabelUnits"/> for
/// what survives a crash. For one thread.
/// </summary>
public sealed class LabelWriter : IDisposable, IUnitContent
{
    private readonly string _folder;
    private readonly LabelSetDescription _description;
    private readonly LabelRowCodec _codec;
    private readonly byte[] _frame;
    private readonly LabelUnits _units;

    private LabelWriter(string folder, LabelSetDescription description, Action<string>? atStep)
    {
        (_folder, _description) = (folder, description);
        _codec = new LabelRowCodec(description);
        _frame = new byte[sizeof(int) + _codec.MaximumBytes];
        _units = LabelUnits.Open(folder, this, atStep);
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
            var found = LabelSetDescription.FromMetadata(LabelManifest.ReadDescription(path), path);
            refusal.Check(path, found, description);
            description = found;
        }
        else
        {
            LabelManifest.WriteDescription(folder, description);
        }
        return new LabelWriter(folder, description, atStep);
    }

    /// <summary>The lowest row without a label; <c>Examples</c> when there is none.</summary>
    public int NextRow => _units.Next;

    /// <summary>Every row without a label, ascending: the order in which <see cref="Append"/> wants them.</summary>
    public IReadOnlyList<int> MissingRows() => _units.Missing();

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
        _units.Append(_frame.AsSpan(0, sizeof(int) + length));
    }

    public void Dispose() => _units.Dispose();

    int IUnitContent.Examples => _description.Examples;

    int IUnitContent.UnitExamples => LabelLayout.UnitRows;

    bool IUnitContent.IsAnswer(ReadOnlySpan<byte> answer) => _codec.Fault(answer) is null;

    void IUnitContent.Adopt(string path, int unit)
    {
        using var shard = LabelShard.Open(path, unit);
        var refusal = new LabelRefusal();
        refusal.Check(path, shard.Description, _description);
        refusal.CheckSameSet(path, shard.Description, Path.Combine(_folder, LabelLayout.DescriptionName), _description);
        shard.CheckAll();
    }

    void IUnitContent.Write(string path, int unit, IReadOnlyList<byte[]> answers) =>
        LabelShardFile.Write(path, _description, unit * LabelLayout.UnitRows, answers, _codec.Stride is not null);

    void IUnitContent.Finish() => LabelManifest.Write(_folder, _description);
}
