using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Retort.Data.Tables;
using Retort.Data.Text;
using Retort.Tensors;

namespace Retort.Data;

/// <summary>Examples with known classes, or with a known number each, whole in memory.</summary>
public sealed class Dataset
{
    /// <summary>The label of an example whose class nobody knows: only a teacher's answer can be learnt from it.</summary>
    public const int Unlabelled = -1;

    /// <summary>[N, …ExampleShape], row-major, ready for the model (scaled).</summary>
    public required float[] Features { get; init; }

    /// <summary>
    /// [N], class ids in [0, Classes); in a training part also <see cref="Unlabelled"/>. Where a number is predicted, all are of one class.
    /// </summary>
    public required int[] Labels { get; init; }

    /// <summary>Shape of one example: [features], or [channels, height, width].</summary>
    public required int[] ExampleShape
    {
        get;
        init => (field, ExampleSize) = (value, value.Aggregate(1, (product, extent) => product * extent));
    }

    /// <summary>Numbers of one example.</summary>
    public int ExampleSize { get; private init; }

    /// <summary>Where a number is predicted, the one name of its column.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The true numbers; null = classes are predicted.</summary>
    public NumberTargets? Numbers { get; init; }

    /// <summary>What models are chosen by: the larger, the better.</summary>
    public string ScoreName => Numbers is null ? "accuracy" : "R²";

    /// <summary>[N], slice of each example for the per-slice table; null = no slices.</summary>
    public int[]? Slices { get; init; }
    public IReadOnlyList<string> SliceNames { get; init; } = [];

    /// <summary>Of a table: what each encoded column is; null = no table.</summary>
    public TableLayout? Layout { get; init; }

    /// <summary>The texts that the rows are made of; null = they were never texts.</summary>
    public EncodedTexts? Texts { get; init; }

    /// <summary>The rows as nodes of a graph; null = they are for themselves.</summary>
    public GraphView? View { get; init; }

    /// <summary>The same rows as a teacher of another modality sees them; null = it sees what the student sees.</summary>
    public Dataset? Other { get; init; }

    /// <summary>What a teacher is asked about.</summary>
    public Dataset ForTeacher => Other ?? this;

    /// <summary>SHA-256 of features, labels and numbers, hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <summary>How many rows at the end are synthetic: their class is unknown, and what stands in Labels means nothing.</summary>
    public int Synthetic { get; init; }

    public int Count => Labels.Length;

    /// <summary>Rows with a class; they come first.</summary>
    public int Real => Count - Synthetic;

    /// <summary>Outputs of a model.</summary>
    public int Classes => ClassNames.Count;

    /// <summary>The same rows, beside another modality of them; both count in the hash.</summary>
    /// <exception cref="RetortException">The numbers of rows differ.</exception>
    public Dataset Beside(Dataset other)
    {
        if (other.Count != Count)
            throw new RetortException("data", $"{Count} examples of the student's modality beside {other.Count} of the teacher's.",
                "pairs: as many of one as of the other.", "name files whose rows belong together.");
        return With(Labels, other, View, [.. Convert.FromHexString(other.Hash)]);
    }

    /// <summary>The same rows, of which only some have a class; a row without one is <see cref="Unlabelled"/>.</summary>
    public Dataset Knowing(IEnumerable<int> rows)
    {
        var labels = new int[Count];
        Array.Fill(labels, Unlabelled);
        foreach (var row in rows) labels[row] = Labels[row];
        return With(labels, Other, View, [.. MemoryMarshal.AsBytes(labels.AsSpan())]);
    }

    /// <summary>The same rows as nodes of a graph; who is whose neighbour counts in the hash.</summary>
    public Dataset In(GraphView view)
    {
        var neighbours = view.Graph.Neighbours;
        return With(Labels, Other, view, [.. MemoryMarshal.AsBytes(neighbours.Ids), .. MemoryMarshal.AsBytes(neighbours.Starts)]);
    }

    /// <summary>The same rows, beside the texts that they are made of.</summary>
    public Dataset Of(EncodedTexts texts) => With(Labels, Other, View, [], texts);

    /// <summary>The same features under a hash that knows what is new.</summary>
    private Dataset With(int[] labels, Dataset? other, GraphView? view, byte[] news, EncodedTexts? texts = null) => new()
    {
        Features = Features, Labels = labels, ExampleShape = ExampleShape, ClassNames = ClassNames, Numbers = Numbers,
        Slices = Slices, SliceNames = SliceNames, Other = other, View = view, Texts = texts ?? Texts,
        Hash = Convert.ToHexStringLower(SHA256.HashData([.. Convert.FromHexString(Hash), .. news])),
    };

    public ReadOnlySpan<float> Example(int row) => Features.AsSpan(row * ExampleSize, ExampleSize);
}

/// <summary>Train for fitting, Validation for every choice, Test read once in eval.</summary>
public sealed record DataSplits(Dataset Train, Dataset Validation, Dataset Test)
{
    /// <summary>What a teacher of another modality learns from; null = from these.</summary>
    public DataSplits? Teacher { get; init; }

    /// <summary>Examples of no class, of which a model should be less sure; null = there are none.</summary>
    public Dataset? Outside { get; init; }

    /// <summary>Texts without a class, which encoders learn from first; null = there are none.</summary>
    public Corpus? Corpus { get; init; }

    /// <summary>What happened to rows while they were read, whole sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>SHA-256 of each part, hexadecimal.</summary>
    public string Hash => $"{Train.Hash} {Validation.Hash} {Test.Hash}" + (Corpus is null ? "" : $" {Corpus.Hash}");
}
