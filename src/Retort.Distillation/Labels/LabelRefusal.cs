using System.Globalization;
using Retort.Tensors;

namespace Retort.Labels;

/// <summary>
/// When labels may not be used: reference labels.md §10. One message per disagreement, with the file, both values and what to do.
/// Seed and licence are compared between shards of one set only.
/// </summary>
/// <param name="accepted">What the recipe lets through; null where nothing may be, because more would be written to the set.</param>
public sealed class LabelRefusal(AcceptedLabels? accepted = null)
{
    internal const string Relabel = "delete the labels folder and label again.";
    internal const string OtherData = "use the data that were labelled, or " + Relabel;

    private readonly List<string> _lifted = [];

    /// <summary>What was let through, as sentences.</summary>
    public IReadOnlyList<string> Lifted => _lifted;

    /// <summary>Throws at the first field in which the labels found differ from those that the recipe needs.</summary>
    public void Check(string file, ILabelDescription found, ILabelDescription expected)
    {
        if (found.CaptureTemperature != 1 && !Lifts("captureTemperature", found.CaptureTemperature == accepted?.CaptureTemperature,
            $"labels captured at temperature {Text(found.CaptureTemperature)} are used as if it had been 1."))
            throw new RetortException(file, $"was captured at temperature {Text(found.CaptureTemperature)}.",
                "expected capture temperature 1: another one biases every label.",
                Offer("label again; the loss has a temperature of its own.", "captureTemperature", Text(found.CaptureTemperature)));
        foreach (var (there, here) in found.Fields.Zip(expected.Fields))
        {
            if (there.Value == here.Value) continue;
            if (there.Key.Length > 0 && Lifts(there.Key, there.Value.Length > 0 && there.Value == Accepted(there.Key),
                $"labels with {there.Name} {Shown(there.Value)} are used where the recipe has {Shown(here.Value)}.")) continue;
            throw new RetortException(file, $"has {there.Name} {Shown(there.Value)}.", $"expected {Shown(here.Value)}.",
                there.Key.Length == 0 ? there.Remedy : Offer(there.Remedy, there.Key, there.Value));
        }
    }

    /// <summary>Throws when two shards of one folder come from different captures.</summary>
    public void CheckSameSet(string file, ILabelDescription found, string firstFile, ILabelDescription first)
    {
        var there = found.ToMetadata();
        var here = first.ToMetadata();
        if (there.SequenceEqual(here)) return;
        var index = Enumerable.Range(0, there.Count).First(position => there[position].Value != here[position].Value);
        var (key, value, other) = (there[index].Key, Shown(there[index].Value), Shown(here[index].Value));
        var (name, firstName) = (Path.GetFileName(file), Path.GetFileName(firstFile));
        if (Lifts("mixedCaptures", accepted?.MixedCaptures == true,
            $"two captures are mixed: {key} is {value} in {name} and {other} in {firstName}."))
            return;
        throw new RetortException(file, $"has {key} {value}.", $"expected {other}, as in {firstName}: two captures are mixed.",
            Offer(Relabel, "mixedCaptures", "true"));
    }

    /// <summary>How far a row may sum from 1 beyond what rounding explains.</summary>
    internal double SumError
    {
        get
        {
            var allowed = accepted?.SumError ?? 0;
            _ = Lifts("sumError", allowed > 0, $"a row of labels may sum to 1 ± {Text(allowed)}.");
            return allowed;
        }
    }

    internal static LabelField Data(string hash) =>
        new("source data SHA-256", hash, "these are labels of other data: use those data, or " + Relabel, "data");

    internal static LabelField Teacher(string hash) =>
        new("teacher SHA-256", hash, "these are another teacher's answers: use that teacher, or " + Relabel, "teacher");

    internal static LabelField Tokenizer(string hash) =>
        new("tokenizer SHA-256", hash, "ids mean other tokens: use that tokenizer, or " + Relabel, "tokenizer");

    internal static LabelField KeepRule(string keep) => new("keep rule", keep, "change labels.keep back, or " + Relabel);

    private string? Accepted(string key) => key switch
    {
        "data" => accepted?.Data,
        "teacher" => accepted?.Teacher,
        "tokenizer" => accepted?.Tokenizer,
        _ => null,
    };

    private bool Lifts(string key, bool lifts, string what)
    {
        var sentence = $"labels.accept.{key}: {what}";
        if (lifts && !_lifted.Contains(sentence)) _lifted.Add(sentence);
        return lifts;
    }

    private string Offer(string remedy, string key, string value) =>
        accepted is null || value.Length == 0 ? remedy : $"{remedy[..^1]}, or use them all the same with labels.accept.{key}: {value}.";

    private static string Shown(string value) => value.Length == 0 ? "(none)" : value;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
