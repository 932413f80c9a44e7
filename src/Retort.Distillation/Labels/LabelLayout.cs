using System.Globalization;

namespace Retort.Labels;

/// <summary>Which rows make up a unit of work, and what its files are called.</summary>
internal static class LabelLayout
{
    /// <summary>Rows of a unit; the last one may have fewer.</summary>
    public const int UnitRows = 4096;

    public const string ManifestName = "manifest.json";
    public const string DescriptionName = "description.json";

    public static int Units(int examples) => (examples + UnitRows - 1) / UnitRows;

    public static int Rows(int unit, int examples) => Math.Min(UnitRows, examples - unit * UnitRows);

    public static string Shard(string folder, int unit, int examples) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"labels-{unit:D5}-of-{Units(examples):D5}.safetensors"));

    public static string Journal(string folder, int unit) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"unit-{unit:D6}.a1.wip"));
}
