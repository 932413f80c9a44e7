using System.Globalization;

namespace Retort.Labels.Sequences;

/// <summary>What a file of written answers answers to. It stands in its first line.</summary>
public sealed record TextLabelDescription : ILabelDescription
{
    /// <summary>The version that this program writes and reads.</summary>
    public const int CurrentFormatVersion = 1;

    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>The teacher's name: a checkpoint, or a server's model and the date. Recorded, never a reason to refuse.</summary>
    public string Teacher { get; init; } = "";

    /// <summary>SHA-256 of the teacher's weights, or of what stands for them where they are not ours, hexadecimal.</summary>
    public required string TeacherHash { get; init; }

    /// <summary>SHA-256 of the prompts, hexadecimal.</summary>
    public required string DataHash { get; init; }

    /// <summary>How answers are made: sampler, temperature, longest answer, template; a text that is compared as it stands.</summary>
    public string Generation { get; init; } = "";

    /// <summary>The teacher's licence and terms. Recorded, never a reason to refuse.</summary>
    public string Licence { get; init; } = "";

    /// <summary>A text is what was sampled; it stands for no distribution that a temperature could bias.</summary>
    double ILabelDescription.CaptureTemperature => 1;

    public IReadOnlyList<LabelField> Fields =>
    [
        LabelRefusal.Data(DataHash),
        LabelRefusal.Teacher(TeacherHash),
        new("generation settings", Generation, "change them back, or " + LabelRefusal.Relabel),
    ];

    public IReadOnlyList<KeyValuePair<string, string>> ToMetadata() =>
    [
        new("format_version", FormatVersion.ToString(CultureInfo.InvariantCulture)),
        new("codec", "text"),
        new("teacher", Teacher),
        new("teacher_sha256", TeacherHash),
        new("data_sha256", DataHash),
        new("generation", Generation),
        new("licence", Licence),
    ];

    /// <summary>Reads what <see cref="ToMetadata"/> wrote; what is missing or unreadable is an error that names the file.</summary>
    public static TextLabelDescription FromMetadata(IReadOnlyDictionary<string, string> metadata, string file)
    {
        var found = new LabelMetadata(metadata, file);
        return new()
        {
            FormatVersion = found.Version(CurrentFormatVersion),
            Teacher = found.Text("teacher"),
            TeacherHash = found.Text("teacher_sha256"),
            DataHash = found.Text("data_sha256"),
            Generation = found.Text("generation"),
            Licence = found.Text("licence"),
        };
    }
}
