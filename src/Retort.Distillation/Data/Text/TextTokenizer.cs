using System.Security.Cryptography;
using System.Text;
using Retort.Checkpoints;
using Retort.Formats.Files;
using Retort.Formats.HuggingFace;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.Training;
using Retort.Formats.Tokenizers.Vocabularies;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>How texts become tokens: shared by teacher, student and baseline, and saved beside each of them.</summary>
public sealed class TextTokenizer
{
    private const string TokenizerJson = "tokenizer.json", EndOfText = "<|endoftext|>";

    /// <summary>Files of a model's folder that say how it reads and writes text.</summary>
    internal static readonly string[] Names =
    [
        TokenizerJson, Conversation.Configuration, Conversation.TemplateFile, "special_tokens_map.json", "added_tokens.json",
        "tokenizer.model", "vocab.json", "vocab.txt", "merges.txt",
    ];

    private readonly IReadOnlyList<(string Name, byte[] Content)> _files;
    private readonly Lazy<string> _hash;

    private TextTokenizer(Tokenizer tokenizer, IReadOnlyList<int> ends, Conversation? chat, IReadOnlyList<(string, byte[])> files) =>
        (Tokenizer, Ends, Chat, _files, _hash) = (tokenizer, ends, chat, files, new Lazy<string>(() => HashOf(files)));

    public Tokenizer Tokenizer { get; }

    /// <summary>Any of them ends an answer.</summary>
    public IReadOnlyList<int> Ends { get; }

    /// <summary>What ends a document.</summary>
    public int End => Ends[0];

    /// <summary>Null = it knows no conversations.</summary>
    public Conversation? Chat { get; }

    /// <summary>SHA-256 of its files, hexadecimal: labels of other ids are told by it.</summary>
    public string Hash => _hash.Value;

    /// <summary>Ids of a text alone, without what a template adds.</summary>
    public int[] Plain(string text) => [.. Tokenizer.Encode(text, addSpecialTokens: false).Ids];

    /// <summary>With what the tokenizer puts in front, as where a text is continued.</summary>
    public int[] Whole(string text)
    {
        int[] ids = [.. Tokenizer.Encode(text).Ids], plain = Plain(text);
        var ended = ids.Length > plain.Length && ids[^1] == End && (plain.Length == 0 || plain[^1] != End);
        return ended ? ids[..^1] : ids;
    }

    /// <summary>The tokenizer of a model's folder.</summary>
    /// <exception cref="RetortException">There is none, or nothing says which token ends a text.</exception>
    public static TextTokenizer Open(string folder)
    {
        var tokenizer = TokenizerFolder.Read(folder);
        List<(string Name, byte[] Content)> files = [.. Names.Select(name => (name, Path.Combine(folder, name)))
            .Where(file => File.Exists(file.Item2)).Select(file => (file.name, File.ReadAllBytes(file.Item2)))];
        if (!TokenizerFolder.IsAmong(name => File.Exists(Path.Combine(folder, name))) && Llama2cVocabulary.Find(folder) is { } exported)
        {
            files.Add((TokenizerJson, Llama2cVocabulary.ToTokenizerJson(exported)));
            return new(tokenizer, [Llama2cVocabulary.Beginning], null, files); // whatever its config.json says was never learnt
        }
        var ends = GenerationConfig.Read(folder)?.EndTokens ?? [];
        if (ends.Count == 0 && File.Exists(Path.Combine(folder, CausalConfig.File)))
            ends = CausalConfig.Read(Path.Combine(folder, CausalConfig.File)).EndTokens;
        if (ends.Count == 0 && tokenizer.Id(EndOfText) is { } known) ends = [known];
        if (ends.Count == 0)
            throw new RetortException(folder, "says nowhere which token ends a text.",
                "eos_token_id in generation_config.json or config.json.", "add it there.");
        return new(tokenizer, ends, Conversation.Read(folder), files);
    }

    /// <summary>That of a model that is open already, which it leaves as it is; it writes no files.</summary>
    /// <exception cref="RetortException">Nothing says which token ends a text.</exception>
    public static TextTokenizer Of(LanguageModel model)
    {
        var ends = model.EndTokens;
        if (ends.Count == 0)
            ends = [model.Tokenizer.Id(EndOfText) ?? throw new RetortException("the model", "says nowhere which token ends a text.",
                "eos_token_id in generation_config.json or config.json.", "add it there.")];
        return new(model.Tokenizer, ends, model.Conversation, []);
    }

    /// <summary>Each of these characters is a token, and one more ends a text. Other characters have none.</summary>
    public static TextTokenizer OfCharacters(string characters) =>
        Given([.. characters.Select(character => character.ToString())], words: false);

    /// <summary>Each of these words is a token, and one more ends a text. Other words have none.</summary>
    /// <param name="first">The word that texts begin with.</param>
    /// <param name="others">Words that stand behind a space.</param>
    public static TextTokenizer OfWords(string first, IEnumerable<string> others) =>
        Given([first, .. others.Select(word => " " + word)], words: true);

    /// <summary>Byte pairs learnt from texts.</summary>
    /// <param name="texts">Of the training part.</param>
    /// <param name="size">Tokens in all, 257 or more.</param>
    public static TextTokenizer Trained(IEnumerable<string> texts, int size)
    {
        using var stream = new MemoryStream();
        BytePairTrainer.Train(texts, size, [EndOfText]).Write(stream);
        return Made(stream.ToArray());
    }

    /// <summary>Writes its files beside a model's.</summary>
    public void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, content) in _files) AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(content));
    }

    private static TextTokenizer Given(string[] tokens, bool words)
    {
        using var stream = new MemoryStream();
        GivenVocabulary.Write(stream, EndOfText, tokens, words);
        return Made(stream.ToArray());
    }

    private static TextTokenizer Made(byte[] json)
    {
        var tokenizer = TokenizerReader.Read(TokenizerJson, json);
        var configuration = Encoding.UTF8.GetBytes(
            $$"""
            {
              "clean_up_tokenization_spaces": false,
              "eos_token": "{{EndOfText}}",
              "tokenizer_class": "PreTrainedTokenizerFast"
            }

            """.ReplaceLineEndings("\n"));
        return new(tokenizer, [tokenizer.Id(EndOfText)!.Value], null, [(TokenizerJson, json), (Conversation.Configuration, configuration)]);
    }

    private static string HashOf(IEnumerable<(string Name, byte[] Content)> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{name} {content.Length}\n")));
            hash.AppendData(content);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
