using System.Globalization;

namespace Retort.Labels;

/// <summary>Which rows make up a unit of work, and what its files are called.</summary>
internal static class LabelLayout
{
    /// <summary>Rows of a unit; the last one may have fewer.</summary>
    public const int UnitRows = 4096;

    public const string ManifestName = "manifest.json";
    public const string DescriptionName = "description.json";

    /// <param name="examples">All of them.</param>
    /// <param name="unitExamples">Examples of a unit; the last one may have fewer.</param>
    public static int Units(int examples, int unitExamples = UnitRows) => (int)(((long)examples + unitExamples - 1) / unitExamples);

    /// <param name="unit">Which unit.</param>
    /// <param name="examples">All of them.</param>
    /// <param name="unitExamples">Examples of a unit.</param>
    public static int Rows(int unit, int examples, int unitExamples = UnitRows) =>
        Math.Min(unitExamples, examples - unit * unitExamples);

    /// <param name="folder">The labels folder.</param>
    /// <param name="unit">Which unit.</param>
    /// <param name="examples">All of them.</param>
    /// <param name="unitExamples">Examples of a unit.</param>
    public static string Shard(string folder, int unit, int examples, int unitExamples = UnitRows) => Path.Combine(folder,
        string.Create(CultureInfo.InvariantCulture, $"labels-{unit:D5}-of-{Units(examples, unitExamples):D5}.safetensors"));

    /// <summary>Forgets a set that is made of answers which are kept elsewhere; other files of the folder stay.</summary>
    public static void Clear(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var pattern in (string[])[ManifestName, "unit-*.wip", "labels-*.safetensors", DescriptionName]) // no manifest: not whole
            foreach (var file in Directory.GetFiles(folder, pattern)) File.Delete(file);
    }

    public static string Journal(string folder, int unit) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"unit-{unit:D6}.a1.wip"));
}
