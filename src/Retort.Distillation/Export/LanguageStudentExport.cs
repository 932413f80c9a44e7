using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Formats.HuggingFace;
using Retort.Formats.Tokenizers.Vocabularies;
using Retort.Nn.Models;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Export;

/// <summary>A language model in files that other tools open: a folder of the Hugging Face layout, and GGUF.</summary>
public static class LanguageStudentExport
{
    public const string GgufFile = "model.gguf";
    private const int Compared = 8;

    /// <param name="student">Folder of the trained student.</param>
    /// <param name="target">Folder of the exports.</param>
    /// <param name="name">For people.</param>
    /// <param name="formats">safetensors, gguf.</param>
    /// <param name="data">Tokenizer, and prompts on which what was written is tried.</param>
    /// <param name="device">Where the student is read to.</param>
    /// <exception cref="RunFailedException">What was written, read back, answers otherwise.</exception>
    public static void Write(string student, string target, string name, IReadOnlyList<string> formats, TextData data, Device device)
    {
        using var checkpoint = LanguageCheckpoint.Load(student, device);
        Directory.CreateDirectory(target);
        if (formats.Contains("safetensors"))
        {
            data.Tokenizer.WriteTo(target);
            checkpoint.Save(target);
            RoundTrip(checkpoint.Model, target, data, device);
        }
        if (AdapterCheckpoint.FolderIn(student) is var adapter && Directory.Exists(adapter))
            ModelCheckpoint.Copy(adapter, AdapterCheckpoint.FolderIn(target));
        if (!formats.Contains("gguf")) return;
        var path = Path.Combine(target, GgufFile);
        if (!formats.Contains("safetensors")) data.Tokenizer.WriteTo(target); // the vocabulary is written from its file
        GgufExport.Write(path, name, checkpoint.Model, checkpoint.Config, Vocabulary(target, checkpoint.Config), GgufPrecision.All[0]);
        RoundTrip(checkpoint.Model, path, data, device);
    }

    private static IReadOnlyList<(string, Formats.Gguf.GgufValue)> Vocabulary(string folder, CausalConfig config) =>
        GgufVocabularyWriter.Of(Path.Combine(folder, "tokenizer.json"), config.VocabularySize, config.BeginToken,
            config.EndTokens.Count > 0 ? config.EndTokens[0] : null, null);

    /// <summary>The same tokens of the texts, and the same answers to the prompts.</summary>
    private static void RoundTrip(Gpt model, string path, TextData data, Device device)
    {
        using var again = LanguageModel.Open(path, device);
        var answering = new Answering(data, null, default);
        var documents = data.Test.Documents.Take(Compared).ToList();
        int[] all = [.. Enumerable.Range(0, documents.Count)];
        foreach (var document in documents)
        {
            var text = data.Tokenizer.Tokenizer.Decode(document.Tokens); // a spelt special token is another thing in each format
            if (!again.Tokenizer.Encode(text, addSpecialTokens: false).Ids.SequenceEqual(data.Tokenizer.Plain(text)))
                throw new RunFailedException(path, $"reads '{text}' as other tokens.", "the student's.", "report the tokenizer.");
        }
        var (before, behind) = (answering.Of(model, documents, all), answering.Of(again.Model, documents, all));
        for (var i = 0; i < documents.Count; i++)
            if (!before[i].Tokens.SequenceEqual(behind[i].Tokens))
                throw new RunFailedException(path, $"answers '{answering.TextOf(behind[i].Tokens)}' to {documents[i].Place}.",
                    $"the student's '{answering.TextOf(before[i].Tokens)}'.", "check the disk.");
    }
}
