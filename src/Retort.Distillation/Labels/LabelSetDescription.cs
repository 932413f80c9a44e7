using System.Globalization;

namespace Retort.Labels;

/// <summary>
/// What a label set is an answer to. It stands in every shard and in the manifest; training compares it with the recipe's.
/// </summary>
public sealed record LabelSetDescription : ILabelDescription
{
    /// <summary>The version that this program writes and reads.</summary>
    public const int CurrentFormatVersion = 1;

    public int FormatVersion { get; init; } = CurrentFormatVersion;
    public required LabelCodec Codec { get; init; }
    public required int Classes { get; init; }

    /// <summary>Rows; row i answers example i of the data whose hash is <see cref="DataHash"/>.</summary>
    public required int Examples { get; init; }

    /// <summary>SHA-256 of the teacher's weights, hexadecimal.</summary>
    public required string TeacherHash { get; init; }

    /// <summary>SHA-256 of the source data, hexadecimal.</summary>
    public required string DataHash { get; init; }

    /// <summary>SHA-256 of the tokenizer; empty for data without one.</summary>
    public string TokenizerHash { get; init; } = "";

    /// <summary>Always 1: the loss temperature is another thing and never invalidates labels.</summary>
    public double CaptureTemperature { get; init; } = 1;

    /// <summary>The canonical text of a <see cref="LabelKeep"/>; "all" unless the codec is <see cref="LabelCodec.TopK"/>.</summary>
    public string Keep { get; init; } = "all";

    /// <summary>Recorded, never a reason to refuse: dense, hard and top-k labels draw nothing.</summary>
    public ulong Seed { get; init; }

    /// <summary>The teacher's licence and terms. Recorded, never a reason to refuse.</summary>
    public string Licence { get; init; } = "";

    public IReadOnlyList<KeyValuePair<string, string>> ToMetadata() =>
    [
        new("format_version", FormatVersion.ToString(CultureInfo.InvariantCulture)),
        new("codec", NameOf(Codec)),
        new("classes", Classes.ToString(CultureInfo.InvariantCulture)),
        new("examples", Examples.ToString(CultureInfo.InvariantCulture)),
        new("teacher_sha256", TeacherHash),
        new("data_sha256", DataHash),
        new("tokenizer_sha256", TokenizerHash),
        new("capture_temperature", CaptureTemperature.ToString("R", CultureInfo.InvariantCulture)),
        new("keep", Keep),
        new("tail", "natural log of the mass of the classes not kept, at temperature 1"),
        new("seed", Seed.ToString(CultureInfo.InvariantCulture)),
        new("licence", Licence),
    ];

    public IReadOnlyList<LabelField> Fields =>
    [
        new("codec", NameOf(Codec), "change labels.kind back, or " + LabelRefusal.Relabel),
        new("number of classes", Classes.ToString(CultureInfo.InvariantCulture), LabelRefusal.OtherData),
        new("number of examples", Examples.ToString(CultureInfo.InvariantCulture), LabelRefusal.OtherData),
        LabelRefusal.Data(DataHash),
        LabelRefusal.Teacher(TeacherHash),
        LabelRefusal.Tokenizer(TokenizerHash),
        LabelRefusal.KeepRule(Keep),
    ];

    /// <summary>Reads what <see cref="ToMetadata"/> wrote; what is missing or unreadable is an error that names the file.</summary>
    public static LabelSetDescription FromMetadata(IReadOnlyDictionary<string, string> metadata, string file)
    {
        var found = new LabelMetadata(metadata, file);
        return new()
        {
            FormatVersion = found.Version(CurrentFormatVersion),
            Codec = found.Named<LabelCodec>("codec", NameOf),
            Classes = found.Number<int>("classes"),
            Examples = found.Number<int>("examples"),
            TeacherHash = found.Text("teacher_sha256"),
            DataHash = found.Text("data_sha256"),
            TokenizerHash = found.Text("tokenizer_sha256"),
            CaptureTemperature = found.Number<double>("capture_temperature"),
            Keep = found.Text("keep"),
            Seed = found.Number<ulong>("seed"),
            Licence = found.Text("licence"),
        };
    }

    internal static string NameOf(LabelCodec codec) => codec switch
    {
        LabelCodec.Hard => "hard",
        LabelCodec.Dense => "dense-f32",
        LabelCodec.TopK => "topk-f16",
        _ => throw new ArgumentOutOfRangeException(nameof(codec)),
    };
}
