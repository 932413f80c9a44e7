using System.Globalization;
using Retort.Tensors;

namespace Retort.Labels;

/// <summary>
/// When labels may not be used: reference labels.md §10. One message per disagreement, with the file, both values and what to do.
/// Seed and licence are compared between shards of one set only.
/// </summary>
public static class LabelRefusal
{
    internal const string Relabel = "delete the labels folder and label again.";

    /// <summary>Throws at the first field in which the labels found differ from those that the recipe needs.</summary>
    public static void Check(string file, LabelSetDescription found, LabelSetDescription expected)
    {
        if (found.CaptureTemperature != 1)
            throw new RetortException(file, $"was captured at temperature {Text(found.CaptureTemperature)}.",
                "expected capture temperature 1: another one biases every label.", "label again; the loss has a temperature of its own.");
        Same("codec", LabelSetDescription.NameOf(found.Codec), LabelSetDescription.NameOf(expected.Codec), "change labels.kind back, or " + Relabel);
        Same("number of classes", Text(found.Classes), Text(expected.Classes), "use the data that were labelled, or " + Relabel);
        Same("number of examples", Text(found.Examples), Text(expected.Examples), "use the data that were labelled, or " + Relabel);
        Same("source data SHA-256", found.DataHash, expected.DataHash, "these are labels of other data: use those data, or " + Relabel);
        Same("teacher SHA-256", found.TeacherHash, expected.TeacherHash, "these are another teacher's answers: use that teacher, or " + Relabel);
        Same("tokenizer SHA-256", found.TokenizerHash, expected.TokenizerHash, "ids mean other tokens: use that tokenizer, or " + Relabel);
        Same("keep rule", found.Keep, expected.Keep, "change labels.keep back, or " + Relabel);

        void Same(string name, string there, string here, string remedy)
        {
            if (there != here)
                throw new RetortException(file, $"has {name} {Shown(there)}.", $"expected {Shown(here)}.", remedy);
        }
    }

    /// <summary>Throws when two shards of one folder come from different captures.</summary>
    public static void CheckSameSet(string file, LabelSetDescription found, string firstFile, LabelSetDescription first)
    {
        if (found == first) return;
        var there = found.ToMetadata();
        var here = first.ToMetadata();
        var index = Enumerable.Range(0, there.Count).First(position => there[position].Value != here[position].Value);
        throw new RetortException(file, $"has {there[index].Key} {Shown(there[index].Value)}.",
            $"expected {Shown(here[index].Value)}, as in {Path.GetFileName(firstFile)}: two captures are mixed.", Relabel);
    }

    private static string Shown(string value) => value.Length == 0 ? "(none)" : value;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
