using Retort.Labels;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Labels;

/// <summary>The table of refusals, each with its exact message, and the one key that lifts it.</summary>
public sealed class LabelRefusalTests : IDisposable
{
    private const int TwoShards = 4100;
    private const string First = "labels-00000-of-00002.safetensors", Second = "labels-00001-of-00002.safetensors";
    private const string Again = "delete the labels folder and label again";

    private static readonly LabelSetDescription made = Capture.Of(LabelCodec.TopK, keep: "3");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Labels => _folder.At("labels");

    private string At(string name) => Path.Combine(Labels, name);

    /// <summary>
    /// what the recipe needs · what stands in the set and what was expected · what to do · the key and value that lift it.
    /// </summary>
    public static TheoryData<LabelSetDescription, string, string, string> Refusals => new()
    {
        { made with { Codec = LabelCodec.Dense, Keep = "all" }, "has codec topk-f16.\n  expected dense-f32.",
            $"change labels.kind back, or {Again}", "" },
        { made with { Classes = 8 }, "has number of classes 7.\n  expected 8.", $"use the data that were labelled, or {Again}", "" },
        { made with { Examples = 21 }, "has number of examples 20.\n  expected 21.", $"use the data that were labelled, or {Again}", "" },
        { made with { Keep = "2" }, "has keep rule 3.\n  expected 2.", $"change labels.keep back, or {Again}", "" },
        { made with { DataHash = "cc" }, "has source data SHA-256 bb.\n  expected cc.",
            $"these are labels of other data: use those data, or {Again}", "data: bb" },
        { made with { TeacherHash = "dd" }, "has teacher SHA-256 aa.\n  expected dd.",
            $"these are another teacher's answers: use that teacher, or {Again}", "teacher: aa" },
        { made with { TokenizerHash = "ee" }, "has tokenizer SHA-256 (none).\n  expected ee.",
            $"ids mean other tokens: use that tokenizer, or {Again}", "" },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void LabelsOfAnythingElseAreRefused(LabelSetDescription expected, string what, string remedy, string key)
    {
        Capture.Make(Labels, made);
        var offer = key.Length > 0 ? $", or use them all the same with labels.accept.{key}" : "";
        Refused($"{At("manifest.json")}  {what}\n  {remedy}{offer}.", () => LabelReader.Open(Labels, expected));
        // More of this teacher's labels would be written among them: here no key helps.
        Refused($"{At("description.json")}  {what}\n  {remedy}.", () => LabelWriter.Open(Labels, expected));
    }

    public static TheoryData<LabelSetDescription, AcceptedLabels, string> Lifted => new()
    {
        { made with { TeacherHash = "dd" }, new() { Teacher = "aa" },
            "labels.accept.teacher: labels with teacher SHA-256 aa are used where the recipe has dd." },
        { made with { DataHash = "cc" }, new() { Data = "bb" },
            "labels.accept.data: labels with source data SHA-256 bb are used where the recipe has cc." },
        { made with { TokenizerHash = "ee" }, new() { Tokenizer = "tt" },
            "labels.accept.tokenizer: labels with tokenizer SHA-256 tt are used where the recipe has ee." },
        { made, new() { CaptureTemperature = 2 },
            "labels.accept.captureTemperature: labels captured at temperature 2 are used as if it had been 1." },
    };

    [Theory]
    [MemberData(nameof(Lifted), DisableDiscoveryEnumeration = true)]
    public void AKeyLiftsOneRefusalAndIsReported(LabelSetDescription expected, AcceptedLabels accepted, string sentence)
    {
        Capture.Make(Labels, made);
        if (accepted.Tokenizer.Length > 0) Rewrite("labels-00000-of-00001.safetensors", ("tokenizer_sha256", "tt"));
        if (accepted.CaptureTemperature is not null) Rewrite("labels-00000-of-00001.safetensors", ("capture_temperature", "2"));
        Assert.ThrowsAny<RetortException>(() => LabelReader.Open(Labels, expected));
        using (var reader = LabelReader.Open(Labels, expected, verifyAll: true, accepted))
            Assert.Equal([sentence], reader.Lifted);

        // The same key with another value, and another refusal beside the lifted one, are no way around.
        var other = accepted with { Teacher = Other(accepted.Teacher), Data = Other(accepted.Data), Tokenizer = Other(accepted.Tokenizer),
            CaptureTemperature = accepted.CaptureTemperature + 1 };
        Assert.ThrowsAny<RetortException>(() => LabelReader.Open(Labels, expected, accepted: other));
        Assert.ThrowsAny<RetortException>(() => LabelReader.Open(Labels, expected with { Keep = "2" }, accepted: accepted));

        static string Other(string text) => text.Length > 0 ? text + "0" : "";
    }

    [Fact]
    public void LabelsThatNeedNothingLiftedReportNothing()
    {
        Capture.Make(Labels, made);
        using var reader = LabelReader.Open(Labels, made, accepted: new() { Teacher = "dd", Data = "cc", MixedCaptures = true });
        Assert.Empty(reader.Lifted);
    }

    [Fact]
    public void AnotherCaptureTemperatureIsRefused()
    {
        Refused($"{Labels}  was captured at temperature 2.\n  expected capture temperature 1: another one biases every label.\n  label again; the loss has a temperature of its own.",
            () => LabelWriter.Open(Labels, made with { CaptureTemperature = 2 }));
        Capture.Make(Labels, made);
        Rewrite("labels-00000-of-00001.safetensors", ("capture_temperature", "2"));
        Refused($"{At("manifest.json")}  was captured at temperature 2.\n  expected capture temperature 1: another one biases every label.\n  label again; the loss has a temperature of its own, or use them all the same with labels.accept.captureTemperature: 2.",
            () => LabelReader.Open(Labels, made));
    }

    /// <summary>A shard of another store of the same shape is put in the place of this one's.</summary>
    [Theory]
    [InlineData("seed",
        "has seed 5.\n  expected 0, as in labels-00000-of-00002.safetensors: two captures are mixed.\n  delete the labels folder and label again, or use them all the same with labels.accept.mixedCaptures: true.")]
    [InlineData("licence",
        "has licence MIT.\n  expected (none), as in labels-00000-of-00002.safetensors: two captures are mixed.\n  delete the labels folder and label again, or use them all the same with labels.accept.mixedCaptures: true.")]
    [InlineData("teacher",
        "has teacher SHA-256 zz.\n  expected aa.\n  these are another teacher's answers: use that teacher, or delete the labels folder and label again, or use them all the same with labels.accept.teacher: zz.")]
    [InlineData("data",
        "has source data SHA-256 zz.\n  expected bb.\n  these are labels of other data: use those data, or delete the labels folder and label again, or use them all the same with labels.accept.data: zz.")]
    public void AShardOfAnotherStoreIsRefused(string field, string message)
    {
        var whole = Capture.Of(LabelCodec.Hard, TwoShards);
        Capture.Make(Labels, whole);
        Capture.Make(_folder.At("other"), field switch
        {
            "seed" => whole with { Seed = 5 },
            "licence" => whole with { Licence = "MIT" },
            "teacher" => whole with { TeacherHash = "zz" },
            _ => whole with { DataHash = "zz" },
        });
        File.Copy(Path.Combine(_folder.At("other"), Second), At(Second), overwrite: true);
        LabelManifest.Write(Labels, whole); // sizes and hashes are those of the files that lie there
        Refused($"{At(Second)}  {message}", () => LabelReader.Open(Labels, whole));

        var accepted = new AcceptedLabels { MixedCaptures = true };
        if (field is "teacher" or "data")
        {
            Assert.ThrowsAny<RetortException>(() => LabelReader.Open(Labels, whole, accepted: accepted));
            accepted = field == "teacher" ? accepted with { Teacher = "zz" } : accepted with { Data = "zz" };
            Assert.ThrowsAny<RetortException>(() => LabelReader.Open(Labels, whole, accepted: accepted with { MixedCaptures = false }));
        }
        using var reader = LabelReader.Open(Labels, whole, verifyAll: true, accepted);
        Assert.Contains(reader.Lifted, sentence =>
            sentence.StartsWith("labels.accept.mixedCaptures: two captures are mixed: ", StringComparison.Ordinal)
            && sentence.EndsWith($" in {Second} and {(field is "seed" ? "0" : field is "licence" ? "(none)" : field is "teacher" ? "aa" : "bb")} in {First}.",
                StringComparison.Ordinal));
    }

    [Fact]
    public void AShardInAnothersPlaceIsRefused()
    {
        var whole = Capture.Of(LabelCodec.Hard, 2 * 4096);
        Capture.Make(Labels, whole);
        File.Copy(At(First), At(Second), overwrite: true);
        LabelManifest.Write(Labels, whole);
        Refused($"{At(Second)}  has first_row 0.\n  expected 4096, by its name.\n  {Again}.", () => LabelReader.Open(Labels, whole));
    }

    [Theory]
    [InlineData("codec", "topk-q8",
        "holds labels of codec 'topk-q8'.\n  expected one of hard, dense-f32, topk-f16.\n  delete the labels folder and label again.")]
    [InlineData("format_version", "2",
        "is label format version 2.\n  expected version 1.\n  label again with this version of retort, or read the set with the version that wrote it.")]
    [InlineData("format_version", "one", "says format_version = 'one'.\n  expected a number.\n  delete the labels folder and label again.")]
    [InlineData("classes", null,
        "has no 'classes' in its metadata.\n  expected a label set written by retort.\n  delete the labels folder and label again.")]
    public void WhatThisVersionCannotReadIsRefused(string key, string? value, string message)
    {
        const string Shard = "labels-00000-of-00001.safetensors";
        Capture.Make(Labels, made);
        var manifest = File.ReadAllText(At("manifest.json"));
        Rewrite(Shard, (key, value));
        Refused($"{At("manifest.json")}  {message}", () => LabelReader.Open(Labels, made));
        File.WriteAllText(At("manifest.json"),
            manifest.Replace(Size(manifest), $"\"bytes\": {new FileInfo(At(Shard)).Length}", StringComparison.Ordinal));
        Refused($"{At(Shard)}  {message}", () => LabelReader.Open(Labels, made));

        static string Size(string text) => System.Text.RegularExpressions.Regex.Match(text, "\"bytes\": \\d+").Value;
    }

    private void Rewrite(string shard, params (string Key, string? Value)[] changes) => ShardEdit.Rewrite(Labels, shard, changes);

    private static void Refused(string message, Func<IDisposable> open) =>
        Assert.Equal(message, Assert.Throws<RetortException>(() => open().Dispose()).Message);
}
