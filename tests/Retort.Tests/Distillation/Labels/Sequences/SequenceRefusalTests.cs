using System.Text.Json.Nodes;
using Retort.Labels;
using Retort.Labels.Sequences;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Labels.Sequences;

/// <summary>labels.md §10 for documents: each disagreement with both values, what to do, and the one key that lifts it.</summary>
public sealed class SequenceRefusalTests : IDisposable
{
    private const string Again = "delete the labels folder and label again";
    private const string First = "labels-00000-of-00003.safetensors", Second = "labels-00001-of-00003.safetensors";

    private static readonly SequenceLabelDescription made = SequenceCapture.Of(SequenceCodec.TopKByte);
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    private string Folder => _root.At("labels");

    private string At(string name) => Path.Combine(Folder, name);

    /// <summary>what the recipe needs · what stands there and what was expected · what to do · the key that lifts it.</summary>
    public static TheoryData<SequenceLabelDescription, string, string, string> Refusals => new()
    {
        { made with { Codec = SequenceCodec.TopKHalf }, "has codec topk-q8.\n  expected topk-f16.",
            $"change labels.kind back, or {Again}", "" },
        { made with { Codec = SequenceCodec.Sampled, Draws = 5 }, "has codec topk-q8.\n  expected sampled.",
            $"change labels.kind back, or {Again}", "" },
        { made with { Vocabulary = 301 }, "has vocabulary size 300.\n  expected 301.",
            $"ids mean other tokens: use the tokenizer of these labels, or {Again}", "" },
        { made with { Documents = 8 }, "has number of documents 7.\n  expected 8.", $"use the data that were labelled, or {Again}", "" },
        { made with { MaximumTokens = 13 }, "has longest document 12.\n  expected 13.", $"use the data that were labelled, or {Again}", "" },
        { made with { DataHash = "cc" }, "has source data SHA-256 bb.\n  expected cc.",
            $"these are labels of other data: use those data, or {Again}", "data: bb" },
        { made with { TeacherHash = "dd" }, "has teacher SHA-256 aa.\n  expected dd.",
            $"these are another teacher's answers: use that teacher, or {Again}", "teacher: aa" },
        { made with { TokenizerHash = "ee" }, "has tokenizer SHA-256 tt.\n  expected ee.",
            $"ids mean other tokens: use that tokenizer, or {Again}", "tokenizer: tt" },
        { made with { Keep = "6" }, "has keep rule 5.\n  expected 6.", $"change labels.keep back, or {Again}", "" },
        { made with { Temperatures = [2, 0.5] }, "has planned temperatures (none).\n  expected 2,0.5.",
            $"plan the temperatures of these labels, or {Again}", "" },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void LabelsOfAnythingElseAreRefused(SequenceLabelDescription expected, string what, string remedy, string key)
    {
        SequenceCapture.Make(Folder, made);
        var offer = key.Length > 0 ? $", or use them all the same with labels.accept.{key}" : "";
        Refused($"{At("manifest.json")}  {what}\n  {remedy}{offer}.", () => SequenceLabelReader.Open(Folder, expected));
        Refused($"{At("description.json")}  {what}\n  {remedy}.", () => SequenceLabelWriter.Open(Folder, expected));

        var accepted = key.Split(':')[0] switch
        {
            "data" => new AcceptedLabels { Data = "bb" },
            "teacher" => new AcceptedLabels { Teacher = "aa" },
            "tokenizer" => new AcceptedLabels { Tokenizer = "tt" },
            _ => null,
        };
        if (accepted is null) return;
        using var reader = SequenceLabelReader.Open(Folder, expected, verifyAll: true, accepted);
        Assert.StartsWith($"labels.accept.{key.Split(':')[0]}: labels with ", Assert.Single(reader.Lifted));
    }

    [Theory]
    [InlineData(SequenceCodec.Sampled, "has number of draws 20.\n  expected 21.\n  change labels.draws back, or")]
    [InlineData(SequenceCodec.DenseHalf, "has row width 6.\n  expected 7.\n  use the layers that were labelled, or")]
    public void RowsOfAnotherSizeAreRefused(SequenceCodec codec, string message)
    {
        var description = SequenceCapture.Of(codec);
        SequenceCapture.Make(Folder, description);
        var expected = codec == SequenceCodec.Sampled ? description with { Draws = 21 } : description with { Width = 7 };
        Refused($"{At("manifest.json")}  {message} {Again}.", () => SequenceLabelReader.Open(Folder, expected));
    }

    [Fact]
    public void AnotherCaptureTemperatureIsRefused()
    {
        const string Message = "was captured at temperature 2.\n  expected capture temperature 1: another one biases every label.\n  label again; the loss has a temperature of its own";
        Refused($"{Folder}  {Message}.", () => SequenceLabelWriter.Open(Folder, made with { CaptureTemperature = 2 }));
        SequenceCapture.Forge(Folder, made with { CaptureTemperature = 2 });
        Refused($"{At("manifest.json")}  {Message}, or use them all the same with labels.accept.captureTemperature: 2.",
            () => SequenceLabelReader.Open(Folder, made));
        using var reader = SequenceLabelReader.Open(Folder, made, accepted: new() { CaptureTemperature = 2 });
        Assert.Equal(["labels.accept.captureTemperature: labels captured at temperature 2 are used as if it had been 1."], reader.Lifted);
    }

    [Theory]
    [InlineData("codec", "topk-q4",
        "holds labels of codec 'topk-q4'.\n  expected one of topk-f16, topk-q8, sampled, dense-f16.\n  delete the labels folder and label again.")]
    [InlineData("format_version", "2",
        "is label format version 2.\n  expected version 1.\n  label again with this version of retort, or read the set with the version that wrote it.")]
    [InlineData("vocabulary", "many", "says vocabulary = 'many'.\n  expected a number.\n  delete the labels folder and label again.")]
    [InlineData("temperatures", "hot", "says temperatures = 'hot'.\n  expected numbers.\n  delete the labels folder and label again.")]
    [InlineData("unit_documents", "0", "says unit_documents = '0'.\n  expected at least 1.\n  delete the labels folder and label again.")]
    [InlineData("teacher_sha256", null,
        "has no 'teacher_sha256' in its metadata.\n  expected a label set written by retort.\n  delete the labels folder and label again.")]
    public void WhatNoVersionWroteIsRefused(string key, string? value, string message)
    {
        SequenceCapture.Make(Folder, made);
        ShardEdit.Rewrite(Folder, First, (key, value));
        Refused($"{At("manifest.json")}  {message}", () => SequenceLabelReader.Open(Folder, made));
    }

    /// <summary>JSON says nothing where a text or a shard is to be.</summary>
    [Theory]
    [InlineData("manifest.json", "shards", "0", "is no manifest of labels.")]
    [InlineData("manifest.json", "shards", "0/sha256", "is no manifest of labels.")]
    [InlineData("manifest.json", "description", "keep", "has no 'keep' in its metadata.")]
    [InlineData("description.json", "", "keep", "has no 'keep' in its metadata.")]
    public void NothingInThePlaceOfSomethingIsRefused(string file, string group, string place, string message)
    {
        SequenceCapture.Make(Folder, made);
        var root = JsonNode.Parse(File.ReadAllText(At(file)))!;
        var inner = group.Length > 0 ? root[group]! : root;
        if (place.Split('/') is [_, var key]) inner[0]![key] = null;
        else if (inner is JsonArray list) list[0] = null;
        else inner[place] = null;
        File.WriteAllText(At(file), root.ToJsonString());
        var error = Assert.Throws<RetortException>(() =>
            file == "manifest.json" ? (IDisposable)SequenceLabelReader.Open(Folder, made) : SequenceLabelWriter.Open(Folder, made));
        Assert.StartsWith($"{At(file)}  {message}", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A shard of another store of the same shape is put in the place of this one's.</summary>
    [Theory]
    [InlineData("seed",
        "has seed 5.\n  expected 0, as in labels-00000-of-00003.safetensors: two captures are mixed.\n  delete the labels folder and label again, or use them all the same with labels.accept.mixedCaptures: true.")]
    [InlineData("name",
        "has teacher other.\n  expected formula, as in labels-00000-of-00003.safetensors: two captures are mixed.\n  delete the labels folder and label again, or use them all the same with labels.accept.mixedCaptures: true.")]
    [InlineData("teacher",
        "has teacher SHA-256 zz.\n  expected aa.\n  these are another teacher's answers: use that teacher, or delete the labels folder and label again, or use them all the same with labels.accept.teacher: zz.")]
    [InlineData("tokenizer",
        "has tokenizer SHA-256 zz.\n  expected tt.\n  ids mean other tokens: use that tokenizer, or delete the labels folder and label again, or use them all the same with labels.accept.tokenizer: zz.")]
    [InlineData("units", "has unit_documents 4.\n  expected 3, by its name.\n  delete the labels folder and label again.")]
    public void AShardOfAnotherStoreIsRefused(string field, string message)
    {
        SequenceCapture.Make(Folder, made);
        var other = field switch
        {
            "seed" => made with { Seed = 5 },
            "name" => made with { Teacher = "other" },
            "teacher" => made with { TeacherHash = "zz" },
            "tokenizer" => made with { TokenizerHash = "zz" },
            _ => made with { UnitDocuments = 4 },
        };
        SequenceCapture.Make(_root.At("other"), other);
        File.Copy(LabelLayout.Shard(_root.At("other"), 1, 7, other.UnitDocuments), At(Second), overwrite: true);
        List();
        Refused($"{At(Second)}  {message}", () => SequenceLabelReader.Open(Folder, made));
        if (field is not ("seed" or "name")) return;
        using var reader = SequenceLabelReader.Open(Folder, made, verifyAll: true, new() { MixedCaptures = true });
        Assert.StartsWith("labels.accept.mixedCaptures: two captures are mixed: ", Assert.Single(reader.Lifted));
    }

    [Fact]
    public void AShardInAnothersPlaceIsRefused()
    {
        SequenceCapture.Make(Folder, made);
        File.Copy(At(First), At(Second), overwrite: true);
        List();
        Refused($"{At(Second)}  has first_document 0.\n  expected 3, by its name.\n  {Again}.", () => SequenceLabelReader.Open(Folder, made));
    }

    [Theory]
    [InlineData(SequenceCodec.TopKByte,
        "the objective needs numbers a token (dense-f16).\n  these labels offer topk-q8.\n  change labels.kind or the objective.")]
    [InlineData(SequenceCodec.DenseHalf,
        "the objective needs answers over the vocabulary (topk-q8, topk-f16 or sampled).\n  these labels offer dense-f16.\n  change labels.kind or the objective.")]
    public void WhatACodecHasNotIsRefused(SequenceCodec codec, string message)
    {
        var description = SequenceCapture.Of(codec);
        SequenceCapture.Make(Folder, description);
        using var reader = SequenceLabelReader.Open(Folder, description);
        var error = Assert.Throws<RetortException>(() =>
        {
            if (codec == SequenceCodec.DenseHalf) reader.ReadRows(0, 0, new int[6], new float[6], new float[1]);
            else reader.ReadValues(0, 0, new float[6]);
        });
        Assert.Equal($"{Folder}  {message}", error.Message);
        Assert.Contains("needs log-normalisers", Assert.Throws<RetortException>(() => reader.ReadNormalisers(0, 0, new float[1])).Message);
    }

    /// <summary>Every checksum is right: somebody wrote these numbers on purpose.</summary>
    [Theory]
    [InlineData("doc_offsets", 0, 1, "1 after -1.\n  expected ascending offsets from 0 to 18.")]
    [InlineData("doc_offsets", 2, 1, "1 after 1.\n  expected ascending offsets from 0 to 18.")]
    [InlineData("doc_offsets", 2, long.MaxValue, "9223372036854775807 after 1.\n  expected ascending offsets from 0 to 18.")]
    [InlineData("doc_offsets", 3, 17, "17 at its end.\n  expected 18.")]
    [InlineData("row_offsets", 1, long.MaxValue, "9223372036854775807 after 0.\n  expected rows of at most 65 bytes within ")]
    [InlineData("row_offsets", 1, -1, "-1 after 0.\n  expected rows of at most 65 bytes within ")]
    [InlineData("row_offsets", 1, 66, "66 after 0.\n  expected rows of at most 65 bytes within ")]
    public void OffsetsThatLeadElsewhereAreRefused(string tensor, int index, long value, string message)
    {
        var description = SequenceCapture.Of(SequenceCodec.Sampled);
        SequenceCapture.Make(Folder, description);
        ShardEdit.Replace(Folder, First, tensor, index, value);
        var error = Assert.Throws<RetortException>(() =>
        {
            using var reader = SequenceLabelReader.Open(Folder, description);
            reader.ReadRows(0, 0, new int[20], new float[20], new float[1]);
        });
        Assert.StartsWith($"{At(First)}  is damaged in {tensor}: {message}", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<SequenceLabelDescription, string> Impossible => new()
    {
        { made with { Vocabulary = 0 }, "has a vocabulary of 0 ids.\n  expected at least 1." },
        { made with { Documents = 0 }, "has 0 documents.\n  expected at least 1." },
        { made with { MaximumTokens = 0 }, "has 0 tokens in its longest document.\n  expected at least 1." },
        { made with { Draws = 3 }, "draws 3 tokens a row as topk-q8.\n  expected 1 to 1048576 for sampled labels, 0 for others." },
        { SequenceCapture.Of(SequenceCodec.Sampled, draws: 0),
            "draws 0 tokens a row as sampled.\n  expected 1 to 1048576 for sampled labels, 0 for others." },
        { SequenceCapture.Of(SequenceCodec.DenseHalf) with { Width = 0 },
            "has rows of 0 numbers as dense-f16.\n  expected at least 1 for dense-f16 labels, 0 for others." },
        { made with { Temperatures = [0] }, "plans the temperatures 0 as topk-q8.\n  expected temperatures above 0, for top-k labels only." },
        { made with { Keep = "mass>=0.9" }, "keeps mass>=0.9, which may be any number of the 300 ids.\n  expected a limit." },
        { made with { Vocabulary = int.MaxValue, Keep = "all" }, "keeps up to 2147483647 ids or numbers a row.\n  expected at most 67108864." },
        { SequenceCapture.Of(SequenceCodec.DenseHalf) with { Width = int.MaxValue },
            "keeps up to 2147483647 ids or numbers a row.\n  expected at most 67108864." },
        { made with { Keep = "some" }, "'some' does not say which classes to keep." },
        { made with { Vocabulary = 151_936, MaximumTokens = 8192, Keep = "all" },
            "takes up to 4978745364 bytes for a document of 8192 tokens.\n  expected at most 1073741824." },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void WhatCannotBeStoredIsRefusedBeforeAnyWork(SequenceLabelDescription description, string message) =>
        Assert.StartsWith($"{Folder}  {message}",
            Assert.Throws<RetortException>(() => SequenceLabelWriter.Open(Folder, description).Dispose()).Message);

    /// <summary>Sizes and hashes of the files that lie there.</summary>
    private void List() => LabelManifest.Write(Folder, made, Enumerable.Range(0, 3).Select(unit =>
        LabelManifestShard.Of(LabelLayout.Shard(Folder, unit, 7, 3), 0)));

    private static void Refused(string message, Func<IDisposable> open) =>
        Assert.Equal(message, Assert.Throws<RetortException>(() => open().Dispose()).Message);
}
