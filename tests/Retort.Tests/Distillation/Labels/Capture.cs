using Retort.Labels;

namespace Retort.Tests.Distillation.Labels;

/// <summary>A teacher of seven classes that answers by a formula, and what a capture of it is called.</summary>
internal static class Capture
{
    public static LabelSetDescription Of(LabelCodec codec, int examples = 20, int classes = 7, string keep = "all") => new()
    {
        Codec = codec, Examples = examples, Classes = classes, Keep = keep, TeacherHash = "aa", DataHash = "bb",
    };

    public static float[] Logits(int row, int classes) =>
        [.. Enumerable.Range(0, classes).Select(index => (float)(5 * Math.Sin(row * 12.9898 + index * 78.233)))];

    public static void Fill(LabelWriter writer, int classes, int rows = int.MaxValue)
    {
        foreach (var row in writer.MissingRows().Take(rows)) writer.Append(row, Logits(row, classes));
    }

    public static void Make(string folder, LabelSetDescription description)
    {
        using var writer = LabelWriter.Open(folder, description);
        Fill(writer, description.Classes);
    }
}
