using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.SentencePiece;
using Retort.Formats.Tokenizers.Vocabularies;

namespace Retort.Formats.Tokenizers;

/// <summary>Reads the tokenizer of a model's folder in the Hugging Face layout, from whichever of its files is there.</summary>
public static class TokenizerFolder
{
    private const string Configuration = "tokenizer_config.json", Added = "added_tokens.json";

    /// <summary>Files that are a tokenizer together. The first that are there count.</summary>
    private static readonly string[][] Forms =
        [["tokenizer.json"], ["tokenizer.model"], ["spiece.model"], ["vocab.json", "merges.txt"], ["vocab.txt"]];

    /// <summary>Whether there are files of a tokenizer.</summary>
    /// <param name="has">Whether there is a file of this name.</param>
    public static bool IsAmong(Func<string, bool> has) => Array.Exists(Forms, form => form.All(has));

    /// <param name="folder">
    /// With tokenizer.json; or tokenizer.model or spiece.model, whose beginning and end are put around a text where tokenizer_config.json
    /// says add_bos_token and add_eos_token; or vocab.json and merges.txt; or vocab.txt, of small letters unless do_lower_case is false; or
    /// tokenizer.bin or tok512.bin, as llama2.c writes them.
    /// tokenizer.json says all about a tokenizer; of the others only the classes are read whose words and special tokens are known.
    /// </param>
    /// <exception cref="FormatException">
    /// None of them is there, it cannot be read, or tokenizer_config.json or added_tokens.json ask for what its reader does not give.
    /// </exception>
    public static Tokenizer Read(string folder)
    {
        JsonField? configuration = Has(Configuration) ? TokenizerFile.Json(At(Configuration)) : null;
        switch (Array.Find(Forms, form => form.All(Has)))
        {
            case ["tokenizer.json"]:
                return TokenizerReader.Read(At("tokenizer.json"));
            case ["vocab.txt"]:
                IsOf("BertTokenizer", "DistilBertTokenizer");
                return WithAdded(BertReader.Read(At("vocab.txt"), Says("do_lower_case", true)));
            case [var pieces]:
                var isLlama = IsOf("LlamaTokenizer");
                return WithAdded(SentencePieceReader.Read(At(pieces), Says("add_bos_token", isLlama), Says("add_eos_token", false)));
            case [var words, var merges]:
                IsOf("GPT2Tokenizer");
                return WithAdded(Gpt2Reader.Read(At(words), At(merges)));
            case null when Llama2cVocabulary.Find(folder) is { } exported:
                return TokenizerReader.Read(exported, Llama2cVocabulary.ToTokenizerJson(exported));
            default:
                throw new FormatException(folder, "this folder has no tokenizer",
                    "expected tokenizer.json, tokenizer.model, spiece.model, vocab.json with merges.txt, vocab.txt, or one tokenizer.bin",
                    "copy it from the model's source");
        }

        string At(string name) => Path.Combine(folder, name);
        bool Has(string name) => File.Exists(At(name));
        bool Says(string name, bool otherwise) => configuration?.Flag(name, otherwise) ?? otherwise;

        // whether the class is named and one of these; another one is refused
        bool IsOf(params string[] classes) => configuration?.Optional("tokenizer_class") is { } field
            && (classes.Any(name => field.Text() == name || field.Text() == $"{name}Fast") ? true
                : throw field.Refuse($"a {JsonField.Cut(field.Text())} without tokenizer.json",
                    $"expected {string.Join(" or ", classes)}"));

        Tokenizer WithAdded(Tokenizer tokenizer)
        {
            var added = configuration?.Optional("added_tokens_decoder") is { } decoder
                ? decoder.Members().Select(member => (Id: member.Name, Token: member.Value.Required("content"))) : [];
            foreach (var (id, token) in added)
                if (!int.TryParse(id, out var number) || tokenizer.Token(number) != token.Text()) throw Unknown(token, token.Text());
            if (Has(Added))
                foreach (var (token, id) in TokenizerFile.Json(At(Added)).Members())
                    if (tokenizer.Token(id.Whole(Vocabulary.MostIds - 1)) != token) throw Unknown(id, token);
            return tokenizer;
        }

        FormatException Unknown(JsonField field, string token) => new(field.Place,
            $"'{JsonField.Cut(token)}' is a token beside the vocabulary", "expected none without tokenizer.json",
            "write tokenizer.json with the model's own library");
    }
}
