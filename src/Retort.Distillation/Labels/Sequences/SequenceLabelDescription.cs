using System.Globalization;
using Retort.Tensors;

namespace Retort.Labels.Sequences;

/// <summary>What a set of labels of documents answers to. It stands in every shard and in the manifest.</summary>
public sealed record SequenceLabelDescription : ILabelDescription
{
    /// <summary>The version that this program writes and reads.</summary>
    public const int CurrentFormatVersion = 1;

    /// <summary>Draws of a sampled row are counted exactly up to here.</summary>
    public const int MostDraws = 1 << 20;

    /// <summary>Bytes that a unit's documents may take at most, unless one alone takes more; a typical shard has half of them.</summary>
    private const long UnitBytes = 256L << 20;

    private const long MostDocumentBytes = 1L << 30;
    private const int MostKept = 1 << 26;

    public int FormatVersion { get; init; } = CurrentFormatVersion;
    public required SequenceCodec Codec { get; init; }

    /// <summary>Ids of the teacher's tokenizer. A student with fewer is masked, never padded.</summary>
    public required int Vocabulary { get; init; }

    public required int Documents { get; init; }

    /// <summary>Tokens of the longest document.</summary>
    public required int MaximumTokens { get; init; }

    /// <summary>Documents of a shard; 0 lets the writer choose.</summary>
    public int UnitDocuments { get; init; }

    /// <summary>The canonical text of a <see cref="LabelKeep"/>; "all" for codecs that do not choose the most probable.</summary>
    public string Keep { get; init; } = "all";

    /// <summary>Tokens drawn for a row of <see cref="SequenceCodec.Sampled"/>; else 0.</summary>
    public int Draws { get; init; }

    /// <summary>Numbers of a row of <see cref="SequenceCodec.DenseHalf"/>; else 0.</summary>
    public int Width { get; init; }

    /// <summary>Temperatures whose log-normaliser is stored with every row of a top-k codec, so that the loss is exact at them.</summary>
    public IReadOnlyList<double> Temperatures { get; init; } = [];

    /// <summary>The teacher's name: a checkpoint, or a server's model and the date. Recorded, never a reason to refuse.</summary>
    public string Teacher { get; init; } = "";

    /// <summary>SHA-256 of the teacher's weights, or of what stands for them where they are not ours, hexadecimal.</summary>
    public required string TeacherHash { get; init; }

    /// <summary>SHA-256 of the source data, hexadecimal.</summary>
    public required string DataHash { get; init; }

    /// <summary>SHA-256 of the tokenizer that made the ids, hexadecimal.</summary>
    public required string TokenizerHash { get; init; }

    /// <summary>Always 1: the loss temperature is another thing and never invalidates labels.</summary>
    public double CaptureTemperature { get; init; } = 1;

    /// <summary>What sampled rows are drawn with. A set that is gone on with keeps the seed that it was begun with.</summary>
    public ulong Seed { get; init; }

    /// <summary>The teacher's licence and terms. Recorded, never a reason to refuse.</summary>
    public string Licence { get; init; } = "";

    /// <summary>Whether rows are made of the most probable ids.</summary>
    public bool KeepsTopK => Codec is SequenceCodec.TopKHalf or SequenceCodec.TopKByte;

    /// <summary>The most ids, or numbers, of a row.</summary>
    public int MaximumKept => Codec switch
    {
        SequenceCodec.Sampled => Math.Min(Draws, Vocabulary),
        SequenceCodec.DenseHalf => Width,
        _ => LabelKeep.Parse(Keep).MaximumCount(Vocabulary),
    };

    public IReadOnlyList<LabelField> Fields =>
    [
        new("codec", NameOf(Codec), "change labels.kind back, or " + LabelRefusal.Relabel),
        new("vocabulary size", Text(Vocabulary), "ids mean other tokens: use the tokenizer of these labels, or " + LabelRefusal.Relabel),
        new("number of documents", Text(Documents), LabelRefusal.OtherData),
        new("longest document", Text(MaximumTokens), LabelRefusal.OtherData),
        LabelRefusal.Data(DataHash),
        LabelRefusal.Teacher(TeacherHash),
        LabelRefusal.Tokenizer(TokenizerHash),
        LabelRefusal.KeepRule(Keep),
        new("number of draws", Text(Draws), "change labels.draws back, or " + LabelRefusal.Relabel),
        new("row width", Text(Width), "use the layers that were labelled, or " + LabelRefusal.Relabel),
        new("planned temperatures", Text(Temperatures), "plan the temperatures of these labels, or " + LabelRefusal.Relabel),
    ];

    public IReadOnlyList<KeyValuePair<string, string>> ToMetadata() =>
    [
        new("format_version", Text(FormatVersion)),
        new("labels", "sequences"),
        new("codec", NameOf(Codec)),
        new("vocabulary", Text(Vocabulary)),
        new("id_bits", Text(TopKHalfCodec.Bits(Vocabulary))),
        new("documents_in_all", Text(Documents)),
        new("maximum_tokens", Text(MaximumTokens)),
        new("unit_documents", Text(UnitDocuments)),
        new("keep", Keep),
        new("draws", Text(Draws)),
        new("width", Text(Width)),
        new("temperatures", Text(Temperatures)),
        new("teacher", Teacher),
        new("teacher_sha256", TeacherHash),
        new("data_sha256", DataHash),
        new("tokenizer_sha256", TokenizerHash),
        new("capture_temperature", CaptureTemperature.ToString("R", CultureInfo.InvariantCulture)),
        new("tail", KeepsTopK ? "natural log of the mass of the ids not kept, at temperature 1" : "none"),
        new("row", "row t answers input_ids[0..t]: it is about token t + 1"),
        new("seed", Seed.ToString(CultureInfo.InvariantCulture)),
        new("licence", Licence),
    ];

    /// <summary>Reads what <see cref="ToMetadata"/> wrote; what is missing or unreadable is an error that names the file.</summary>
    public static SequenceLabelDescription FromMetadata(IReadOnlyDictionary<string, string> metadata, string file)
    {
        var found = new LabelMetadata(metadata, file);
        var description = new SequenceLabelDescription
        {
            FormatVersion = found.Version(CurrentFormatVersion),
            Codec = found.Named<SequenceCodec>("codec", NameOf),
            Vocabulary = found.Number<int>("vocabulary"),
            Documents = found.Number<int>("documents_in_all"),
            MaximumTokens = found.Number<int>("maximum_tokens"),
            UnitDocuments = found.Number<int>("unit_documents"),
            Keep = found.Text("keep"),
            Draws = found.Number<int>("draws"),
            Width = found.Number<int>("width"),
            Temperatures = found.Numbers("temperatures"),
            Teacher = found.Text("teacher"),
            TeacherHash = found.Text("teacher_sha256"),
            DataHash = found.Text("data_sha256"),
            TokenizerHash = found.Text("tokenizer_sha256"),
            CaptureTemperature = found.Number<double>("capture_temperature"),
            Seed = found.Number<ulong>("seed"),
            Licence = found.Text("licence"),
        };
        return description.UnitDocuments >= 1 ? description.Checked(file)
            : throw new RetortException(file, $"says unit_documents = '{description.UnitDocuments}'.", "expected at least 1.",
                LabelRefusal.Relabel);
    }

    /// <summary>The same with its canonical rule and the size of its units; what cannot be stored is an error.</summary>
    /// <param name="location">Where it stands, for the error.</param>
    internal SequenceLabelDescription Checked(string location)
    {
        Require(Vocabulary >= 1, $"has a vocabulary of {Vocabulary} ids", "at least 1", "name the teacher's tokenizer");
        Require(Documents >= 1, $"has {Documents} documents", "at least 1", "look at the data");
        Require(MaximumTokens >= 1, $"has {MaximumTokens} tokens in its longest document", "at least 1", "look at the data");
        Require(UnitDocuments >= 0, $"has {UnitDocuments} documents a shard", "at least 1, or 0 for a fitting number", "write 0");
        Require(Codec == SequenceCodec.Sampled ? Draws is >= 1 and <= MostDraws : Draws == 0, $"draws {Draws} tokens a row as {NameOf(Codec)}",
            $"1 to {MostDraws} for sampled labels, 0 for others", "write for instance labels: {kind: sampled, draws: 50}");
        Require(Codec == SequenceCodec.DenseHalf ? Width >= 1 : Width == 0, $"has rows of {Width} numbers as {NameOf(Codec)}",
            "at least 1 for dense-f16 labels, 0 for others", "say how wide a row is");
        Require(Temperatures.Count == 0 || KeepsTopK && Temperatures.All(temperature => temperature > 0 && double.IsFinite(temperature)),
            $"plans the temperatures {Text(Temperatures)} as {NameOf(Codec)}", "temperatures above 0, for top-k labels only",
            "leave them out: only truncated labels need their normalisers");
        var keep = KeepsTopK ? LabelKeep.Parse(Keep, location) : LabelKeep.All;
        Require(!keep.IsUnlimited, $"keeps {Keep}, which may be any number of the {Vocabulary} ids", "a limit",
            $"write keep: {keep} max 100");
        var canonical = this with { Keep = keep.ToString() };
        Require(canonical.MaximumKept <= MostKept, $"keeps up to {canonical.MaximumKept} ids or numbers a row", $"at most {MostKept}",
            "keep fewer");
        Require(canonical.DocumentBytes <= MostDocumentBytes,
            $"takes up to {canonical.DocumentBytes} bytes for a document of {MaximumTokens} tokens", $"at most {MostDocumentBytes}",
            "keep fewer ids, or cut the documents");
        return UnitDocuments > 0 ? canonical
            : canonical with { UnitDocuments = (int)Math.Clamp(UnitBytes / canonical.DocumentBytes, 1, Documents) };

        void Require(bool holds, string what, string expected, string remedy)
        {
            if (!holds) throw new RetortException(location, what + ".", $"expected {expected}.", remedy + ".");
        }
    }

    internal static string NameOf(SequenceCodec codec) => codec switch
    {
        SequenceCodec.TopKHalf => "topk-f16",
        SequenceCodec.TopKByte => "topk-q8",
        SequenceCodec.Sampled => "sampled",
        SequenceCodec.DenseHalf => "dense-f16",
        _ => throw new ArgumentOutOfRangeException(nameof(codec)),
    };

    /// <summary>The most bytes of a document in the journal.</summary>
    private long DocumentBytes =>
        DocumentFrame.Head + (long)MaximumTokens * (DocumentFrame.TokenBytes(Temperatures.Count) + TokenCodecs.Of(this).MaximumBytes);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(IReadOnlyList<double> values) =>
        string.Join(",", values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
}
