using Retort.Labels;
using Retort.Labels.Sequences;
using Retort.Tensors;
using Retort.Tests.Distillation.Labels;
using Retort.Tests.Distillation.Labels.Sequences;
using Retort.Tests.Formats;

namespace Retort.Tests.Fuzz;

/// <summary>What a label store holds. Behind their checksums rows are read as somebody may have written them on purpose.</summary>
internal static class LabelParsers
{
    private static readonly SequenceCodec[] codecs =
        [SequenceCodec.TopKByte, SequenceCodec.TopKHalf, SequenceCodec.Sampled, SequenceCodec.DenseHalf];

    private static readonly TextLabelDescription texts = new() { Teacher = "t", TeacherHash = "aa", DataHash = "bb", Generation = "g" };

    public static IReadOnlyList<ParserCase> All { get; } =
    [
        ParserCase.OfFile("label shard", [Shard(LabelCodec.Dense), Shard(LabelCodec.TopK)], "l.safetensors", path =>
        {
            using var shard = LabelShard.Open(path, 0);
            shard.CheckAll();
        }),
        ParserCase.OfFile("sequence shard", [.. codecs.Select(SequenceShardOf)], "s.safetensors", path =>
        {
            using var shard = SequenceShard.Open(path, 0, 3);
            shard.CheckAll();
        }),
        new("label row", [Row(LabelCodec.TopK)], bytes => ReadRow(LabelCodec.TopK, bytes)),
        .. codecs.Select(codec => new ParserCase($"token row {codec}", [TokenRow(codec)], bytes => ReadToken(codec, bytes))),
        new("label journal", [Journal()], bytes => Whole(LabelJournal.Scan(bytes, payload =>
            DocumentFrame.TryRead(payload, 12, 0, out var frame) && SumOf(frame) >= 0), bytes.Length)),
        new("label manifest", [File(folder => Capture.Make(folder, Capture.Of(LabelCodec.TopK)), "manifest.json")],
            (_, at) => LabelManifest.IsWhole(Path.GetDirectoryName(at("manifest.json"))!)),
        new ParserCase("label description", [File(folder => Capture.Make(folder, Capture.Of(LabelCodec.TopK)), "description.json")],
            (_, at) => LabelSetDescription.FromMetadata(LabelManifest.ReadDescription(at("description.json")), "d")).With("null", "{", "}", "\"", ","),
        new ParserCase("written answers", [File(Answers, "answers.jsonl")], (_, at) => AnswerFile.Read(Path.GetDirectoryName(at("answers.jsonl"))!))
            .With("null", "[]", "{}", "\"whole\":", "1.5", "\\ud800", "\n", "[1]"),
        new ParserCase("text labels", [File(TextAnswers, "answers.jsonl")], (_, at) => TextLabels.Open(Path.GetDirectoryName(at("answers.jsonl"))!, texts).Dispose())
            .With("null", "[]", "{}", "\"key\":", "1.5", "\\ud800", "\n", "[1]"),
    ];

    private static byte[] Shard(LabelCodec codec) => File(folder => Capture.Make(folder, Capture.Of(codec)), "labels-00000-of-00001.safetensors");

    private static byte[] SequenceShardOf(SequenceCodec codec) =>
        File(folder => SequenceCapture.Make(folder, SequenceCapture.Of(codec), prompt: 1), "labels-00000-of-00003.safetensors");

    private static byte[] Row(LabelCodec codec)
    {
        var rows = new LabelRowCodec(Capture.Of(codec, keep: "3"));
        var row = new byte[rows.MaximumBytes];
        return row[..rows.Encode(Capture.Logits(1, 7), row)];
    }

    private static void ReadRow(LabelCodec codec, byte[] row)
    {
        var rows = new LabelRowCodec(Capture.Of(codec, keep: "3"));
        if (rows.Fault(row) is { } fault) throw new RetortException("row", fault, "");
        rows.Hard(row);
        rows.TopK(row, new int[rows.MaximumKept], new float[rows.MaximumKept]);
    }

    private static byte[] TokenRow(SequenceCodec codec)
    {
        var frame = Frames(codec)[0];
        if (!DocumentFrame.TryRead(frame, 12, 0, out var document)) throw new InvalidOperationException("The seed is no document.");
        return document.Rows[..document.Lengths[0]].ToArray();
    }

    private static void ReadToken(SequenceCodec codec, byte[] row)
    {
        var tokens = TokenCodecs.Of(SequenceCapture.Of(codec));
        var (ids, values) = (new int[tokens.MaximumKept], new float[tokens.MaximumKept]);
        if (row.Length == 0 || tokens.Decode(row, ids, values, out var tail) is not (>= 0 and var kept))
            throw new RetortException("row", "is none.", "");
        if (tokens.Fault(ids.AsSpan(0, codec == SequenceCodec.DenseHalf ? 0 : kept), values.AsSpan(0, kept), tail) is { } fault)
            throw new RetortException("row", fault, "");
    }

    private static byte[] Journal()
    {
        using var folder = new TemporaryFolder();
        using (var journal = LabelJournal.Open(folder.At("j")))
            foreach (var frame in Frames(SequenceCodec.TopKByte)) journal.Append(frame);
        return System.IO.File.ReadAllBytes(folder.At("j"));
    }

    private static byte[][] Frames(SequenceCodec codec)
    {
        var description = SequenceCapture.Of(codec);
        var document = new SequenceDocument(description);
        return [.. Enumerable.Range(0, 3).Select(index =>
        {
            var tokens = SequenceCapture.Tokens(index);
            document.Begin(index, ExampleKey.Of(tokens), tokens);
            while (document.Rows < document.Tokens)
                if (codec == SequenceCodec.DenseHalf) document.AddValues(SequenceCapture.Values(index, document.Rows));
                else document.AddLogits(SequenceCapture.Logits(index, document.Rows));
            return document.Frame()[4..];
        })];
    }

    private static int SumOf(DocumentFrame frame) =>
        frame.InputIds.Length + frame.Mask.Length + frame.Normalisers.Length + frame.Key.Length;

    /// <summary>A journal is never refused: what follows the first bad frame is dropped.</summary>
    private static void Whole(int kept, int all)
    {
        if (kept < all) throw new RetortException("journal", $"has {kept} good bytes of {all}.", "");
    }

    private static void Answers(string folder)
    {
        AnswerFile.Append(folder, [new(0, 0, "3+4:", "3+4=7 >7", [4, 5, 0], true, true), new(2, 1, "a\nb", "", [], false, null)]);
        AnswerFile.Seal(folder, 2);
    }

    private static void TextAnswers(string folder)
    {
        using var answers = TextLabels.Open(folder, texts);
        answers.Append(ExampleKey.Of("q1"), "line\none \"π\"");
        answers.Append(ExampleKey.Of("q2"), "");
    }

    private static byte[] File(Action<string> make, string name)
    {
        using var folder = new TemporaryFolder();
        make(folder.Path);
        return System.IO.File.ReadAllBytes(folder.At(name));
    }
}
