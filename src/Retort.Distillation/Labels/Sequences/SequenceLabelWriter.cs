using Retort.Tensors;

namespace Retort.Labels.Sequences;

/// <summary>
/// Writes a teacher's answers to documents into a folder, in order; see <see cref="LabelUnits"/> for what survives a crash. For one
/// thread; documents themselves may be filled by several.
/// </summary>
public sealed class SequenceLabelWriter : IDisposable, IUnitContent
{
    private readonly string _folder;
    private readonly ITokenCodec _codec;
    private readonly LabelUnits _units;

    private SequenceLabelWriter(string folder, SequenceLabelDescription description, Action<string>? atStep)
    {
        (_folder, Description, _codec) = (folder, description, TokenCodecs.Of(description));
        _units = LabelUnits.Open(folder, this, atStep);
    }

    /// <summary>What is labelled by what; with the seed and the size of units that the set was begun with.</summary>
    public SequenceLabelDescription Description { get; }

    /// <summary>The lowest document without labels; the number of all when there is none.</summary>
    public int NextDocument => _units.Next;

    /// <summary>Starts a set, or goes on with the one in the folder: sealed shards are checked and adopted, journals recovered.</summary>
    /// <exception cref="RetortException">The folder holds labels of something else, or a damaged shard.</exception>
    public static SequenceLabelWriter Open(string folder, SequenceLabelDescription description) => Open(folder, description, null);

    /// <param name="folder">The labels folder; made when missing.</param>
    /// <param name="description">What is labelled by what.</param>
    /// <param name="atStep">Called after each step of sealing, for tests that stop there.</param>
    internal static SequenceLabelWriter Open(string folder, SequenceLabelDescription description, Action<string>? atStep)
    {
        Directory.CreateDirectory(folder);
        description = description.Checked(folder);
        var refusal = new LabelRefusal();
        refusal.Check(folder, description, description);
        var path = Path.Combine(folder, LabelLayout.DescriptionName);
        if (File.Exists(path))
        {
            var found = SequenceLabelDescription.FromMetadata(LabelManifest.ReadDescription(path), path);
            refusal.Check(path, found, description);
            description = found;
        }
        else
        {
            LabelManifest.WriteDescription(folder, description);
        }
        return new SequenceLabelWriter(folder, description, atStep);
    }

    /// <summary>Every document without labels, ascending: the order in which <see cref="Append"/> wants them.</summary>
    public IReadOnlyList<int> MissingDocuments() => _units.Missing();

    /// <summary>Room for one document's answers, to be used again and again by one thread.</summary>
    public SequenceDocument NewDocument() => new(Description);

    /// <summary>Stores the answers to a document.</summary>
    /// <param name="document">Its index must be <see cref="NextDocument"/>, and it must be whole.</param>
    public void Append(SequenceDocument document)
    {
        if (document.Index != NextDocument || document.Index >= Description.Documents)
            throw new ArgumentException($"Document {document.Index} was given; the next one is {NextDocument} of {Description.Documents}.",
                nameof(document));
        _units.Append(document.Frame());
    }

    /// <summary>Makes what was appended outlive the process: answers that cost money are flushed one by one.</summary>
    /// <param name="toDisk">Whether they must outlive a power cut as well.</param>
    public void Flush(bool toDisk = false) => _units.Flush(toDisk);

    public void Dispose() => _units.Dispose();

    int IUnitContent.Examples => Description.Documents;

    int IUnitContent.UnitExamples => Description.UnitDocuments;

    bool IUnitContent.IsAnswer(ReadOnlySpan<byte> answer) =>
        DocumentFrame.TryRead(answer, Description.MaximumTokens, Description.Temperatures.Count, out var frame)
        && SequenceRows.AreAnswers(_codec, frame, Description.Vocabulary);

    void IUnitContent.Adopt(string path, int unit)
    {
        using var shard = SequenceShard.Open(path, unit, Description.UnitDocuments);
        var refusal = new LabelRefusal();
        refusal.Check(path, shard.Description, Description);
        refusal.CheckSameSet(path, shard.Description, Path.Combine(_folder, LabelLayout.DescriptionName), Description);
        shard.CheckAll();
    }

    void IUnitContent.Write(string path, int unit, IReadOnlyList<byte[]> answers) =>
        SequenceShardFile.Write(path, Description, unit * Description.UnitDocuments, answers);

    void IUnitContent.Finish() => LabelManifest.Write(_folder, Description,
        Enumerable.Range(0, LabelLayout.Units(Description.Documents, Description.UnitDocuments)).Select(unit =>
        {
            var path = LabelLayout.Shard(_folder, unit, Description.Documents, Description.UnitDocuments);
            using var shard = SequenceShard.Open(path, unit, Description.UnitDocuments);
            return LabelManifestShard.Of(path, shard.Tokens, shard.Documents);
        }));
}
