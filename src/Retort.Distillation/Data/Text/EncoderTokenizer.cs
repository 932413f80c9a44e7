using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Retort.Checkpoints;
using Retort.Formats.Files;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.Training;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>How texts become tokens for an encoder: with a first token that stands for the whole, and one that hides others.</summary>
public sealed class EncoderTokenizer : ITextEncoding
{
    private const string Json = "tokenizer.json";
    private static readonly string[] Special = ["[PAD]", "[CLS]", "[SEP]", "[MASK]"], MaskNames = ["[MASK]", "<mask>"];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly IReadOnlyList<(string Name, byte[] Content)> _files;

    private EncoderTokenizer(Tokenizer tokenizer, string where, IReadOnlyList<(string, byte[])> files)
    {
        (Tokenizer, _files) = (tokenizer, files);
        Mask = MaskNames.Select(tokenizer.Id).FirstOrDefault(id => id is not null) ?? throw new RetortException(where,
            "the tokenizer has no token that hides another.", string.Join(" or ", MaskNames), "use the tokenizer of an encoder.");
        Pad = tokenizer.Id("[PAD]") ?? tokenizer.Id("<pad>") ?? 0;
    }

    public Tokenizer Tokenizer { get; }
    public int Size => Tokenizer.Size;

    /// <summary>Stands where a token is to be guessed.</summary>
    public int Mask { get; }

    /// <summary>Stands behind short texts, where nobody looks.</summary>
    public int Pad { get; }

    /// <summary>The tokenizer of a model's folder.</summary>
    /// <exception cref="RetortException">There is none, or it hides no tokens.</exception>
    public static EncoderTokenizer Open(string folder) => new(TokenizerFolder.Read(folder), folder,
        [.. TextTokenizer.Names.Select(name => (name, Path.Combine(folder, name))).Where(file => File.Exists(file.Item2))
            .Select(file => (file.name, File.ReadAllBytes(file.Item2)))]);

    /// <summary>
    /// Byte pairs learnt from texts in lower case, as in the uncased BERT; each text begins as if a space stood before it.
    /// </summary>
    /// <param name="texts">Of the training part.</param>
    /// <param name="size">Tokens in all, 260 or more.</param>
    /// <exception cref="RetortException">The size leaves no room for the bytes.</exception>
    public static EncoderTokenizer Trained(IEnumerable<string> texts, int size)
    {
        using var stream = new MemoryStream();
        BytePairTrainer.Train(texts.Select(text => " " + text.ToLowerInvariant()), size, Special).Write(stream);
        var root = JsonNode.Parse(stream.ToArray())!;
        root["normalizer"] = new JsonObject { ["type"] = "Lowercase" };
        root["pre_tokenizer"]!["add_prefix_space"] = true;
        root["post_processor"] = Template();
        var json = Encoding.UTF8.GetBytes(root.ToJsonString(Indented) + "\n");
        var configuration = new JsonObject
        {
            ["clean_up_tokenization_spaces"] = false, ["cls_token"] = "[CLS]", ["mask_token"] = "[MASK]", ["pad_token"] = "[PAD]",
            ["sep_token"] = "[SEP]", ["tokenizer_class"] = "PreTrainedTokenizerFast",
        };
        return new(TokenizerReader.Read(Json, json), Json, [(Json, json),
            (Conversation.Configuration, Encoding.UTF8.GetBytes(configuration.ToJsonString(Indented) + "\n"))]);
    }

    /// <summary>Ids of a text with its first and last token.</summary>
    public int[] Encode(string text) => [.. Tokenizer.Encode(text).Ids];

    /// <summary>Writes its files beside a model's.</summary>
    public void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, content) in _files) AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(content));
    }

    /// <summary>[CLS] A [SEP], and [CLS] A [SEP] B [SEP].</summary>
    private static JsonObject Template()
    {
        static JsonObject Part(string kind, string id, int type) => new() { [kind] = new JsonObject { ["id"] = id, ["type_id"] = type } };
        static JsonArray First() =>
            [Part("SpecialToken", "[CLS]", 0), Part("Sequence", "A", 0), Part("SpecialToken", "[SEP]", 0)];
        var pair = First();
        pair.Add(Part("Sequence", "B", 1));
        pair.Add(Part("SpecialToken", "[SEP]", 1));
        var tokens = new JsonObject();
        foreach (var name in (string[])["[CLS]", "[SEP]"])
            tokens[name] = new JsonObject
            {
                ["id"] = name, ["ids"] = new JsonArray(Array.IndexOf(Special, name)), ["tokens"] = new JsonArray(name),
            };
        return new JsonObject { ["type"] = "TemplateProcessing", ["single"] = First(), ["pair"] = pair, ["special_tokens"] = tokens };
    }
}
