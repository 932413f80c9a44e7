using Retort.Labels;
using Retort.Labels.Sequences;

namespace Retort.Tests.Distillation.Labels.Sequences;

/// <summary>A teacher of a small vocabulary that answers documents of different lengths by a formula.</summary>
internal static class SequenceCapture
{
    public const int Vocabulary = 300;

    public static SequenceLabelDescription Of(SequenceCodec codec, int documents = 7, string keep = "5", int draws = 20) => new()
    {
        Codec = codec,
        Vocabulary = Vocabulary,
        Documents = documents,
        MaximumTokens = 12,
        UnitDocuments = 3,
        Keep = codec is SequenceCodec.TopKByte or SequenceCodec.TopKHalf ? keep : "all",
        Draws = codec == SequenceCodec.Sampled ? draws : 0,
        Width = codec == SequenceCodec.DenseHalf ? 6 : 0,
        Teacher = "formula",
        TeacherHash = "aa",
        DataHash = "bb",
        TokenizerHash = "tt",
    };

    public static int[] Tokens(int document) =>
        [.. Enumerable.Range(0, 1 + document * 5 % 12).Select(place => (document * 31 + place * 7) % Vocabulary)];

    public static float[] Logits(int document, int row) =>
        [.. Enumerable.Range(0, Vocabulary).Select(id => (float)(4 * Math.Sin(document * 12.9898 + row * 3.7 + id * 78.233)))];

    public static float[] Values(int document, int row) => Logits(document, row)[..6];

    /// <summary>Fills in every document, or the first of those that are missing.</summary>
    /// <param name="writer">Where they go.</param>
    /// <param name="documents">How many.</param>
    /// <param name="prompt">Rows at the start of each that get no label.</param>
    public static void Fill(SequenceLabelWriter writer, int documents = int.MaxValue, int prompt = 0)
    {
        var document = writer.NewDocument();
        foreach (var index in writer.MissingDocuments().Take(documents))
        {
            var tokens = Tokens(index);
            document.Begin(index, ExampleKey.Of(tokens), tokens);
            document.AddUnlabelled(Math.Min(prompt, tokens.Length));
            while (document.Rows < document.Tokens)
                if (writer.Description.Codec == SequenceCodec.DenseHalf) document.AddValues(Values(index, document.Rows));
                else document.AddLogits(Logits(index, document.Rows));
            writer.Append(document);
        }
    }

    public static void Make(string folder, SequenceLabelDescription description, int prompt = 0)
    {
        using var writer = SequenceLabelWriter.Open(folder, description);
        Fill(writer, prompt: prompt);
    }

    /// <summary>A shard and its manifest as they are given, whatever they say: one unit of documents.</summary>
    /// <param name="folder">Made when missing.</param>
    /// <param name="description">What they claim to be.</param>
    /// <param name="frames">A <see cref="DocumentFrame"/> each; the formula's when absent.</param>
    public static void Forge(string folder, SequenceLabelDescription description, params byte[][] frames)
    {
        Directory.CreateDirectory(folder);
        if (frames.Length == 0)
        {
            var document = new SequenceDocument(description);
            frames = [.. Enumerable.Range(0, description.Documents).Select(index =>
            {
                var tokens = Tokens(index);
                document.Begin(index, ExampleKey.Of(tokens), tokens);
                while (document.Rows < document.Tokens) document.AddLogits(Logits(index, document.Rows));
                return document.Frame()[4..];
            })];
        }
        description = description with { UnitDocuments = frames.Length, Documents = frames.Length };
        var path = LabelLayout.Shard(folder, 0, frames.Length, frames.Length);
        SequenceShardFile.Write(path, description, 0, frames);
        LabelManifest.Write(folder, description, [LabelManifestShard.Of(path, 0, frames.Length)]);
        LabelManifest.WriteDescription(folder, description);
    }

    /// <summary>A document of rows as they are given.</summary>
    /// <param name="ids">Its tokens.</param>
    /// <param name="mask">1 for each row that counts.</param>
    /// <param name="rows">Bytes of each.</param>
    public static byte[] Frame(int[] ids, byte[] mask, params byte[][] rows) =>
    [
        .. new byte[ExampleKey.Bytes], .. BitConverter.GetBytes(ids.Length), .. ids.SelectMany(BitConverter.GetBytes), .. mask,
        .. rows.SelectMany(row => BitConverter.GetBytes(row.Length)), .. rows.SelectMany(row => row),
    ];
}
