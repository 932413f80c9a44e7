using System.Globalization;
using Retort.Tensors;

namespace Retort.Labels;

/// <summary>
/// What a label set is an answer to. It stands in every shard and in the manifest; training compares it with the recipe's.
/// </summary>
public sealed record LabelSetDescription
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

    /// <summary>Names and values as a shard's metadata carries them.</summary>
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

    /// <summary>Reads what <see cref="ToMetadata"/> wrote; what is missing or unreadable is an error that names the file.</summary>
    public static LabelSetDescription FromMetadata(IReadOnlyDictionary<string, string> metadata, string file)
    {
        var version = Number<int>("format_version");
        if (version != CurrentFormatVersion)
            throw new RetortException(file, $"is label format version {version}.",
                $"expected version {CurrentFormatVersion}.",
                    "label again with this version of retort, or read the set with the version that wrote it.");
        return new()
        {
            FormatVersion = version,
            Codec = CodecNamed(Text("codec"), file),
            Classes = Number<int>("classes"),
            Examples = Number<int>("examples"),
            TeacherHash = Text("teacher_sha256"),
            DataHash = Text("data_sha256"),
            TokenizerHash = Text("tokenizer_sha256"),
            CaptureTemperature = Number<double>("capture_temperature"),
            Keep = Text("keep"),
            Seed = Number<ulong>("seed"),
            Licence = Text("licence"),
        };

        string Text(string key) => metadata.TryGetValue(key, out var value) ? value
            : throw new RetortException(file, $"has no '{key}' in its metadata.", "expected a label set written by retort.",
                LabelRefusal.Relabel);

        T Number<T>(string key) where T : IParsable<T> => T.TryParse(Text(key), CultureInfo.InvariantCulture, out var value) ? value
            : throw new RetortException(file, $"says {key} = '{Text(key)}'.", "expected a number.", LabelRefusal.Relabel);
    }

    internal static string NameOf(LabelCodec codec) => codec switch
    {
        LabelCodec.Hard => "hard",
        LabelCodec.Dense => "dense-f32",
        LabelCodec.TopK => "topk-f16",
        _ => throw new ArgumentOutOfRangeException(nameof(codec)),
    };

    private static LabelCodec CodecNamed(string name, string file) =>
        Enum.GetValues<LabelCodec>().Where(codec => NameOf(codec) == name).Cast<LabelCodec?>().FirstOrDefault()
        ?? throw new RetortException(file, $"holds labels of codec '{name}'.",
            $"expected one of {string.Join(", ", Enum.GetValues<LabelCodec>().Select(NameOf))}.", LabelRefusal.Relabel);
}
