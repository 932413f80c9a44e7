using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.SentencePiece;
using Retort.Formats.Tokenizers.Vocabularies;

namespace Retort.Formats.Tokenizers;

/// <summary>Reads the tokenizer of a model's folder in the Hugging Face layout, from whichever of its files is there.</summary>
public static class TokenizerFolder
{
    private const string Configuration = "tokenizer_config.json";

    /// <summary>Files that are a tokenizer together. The first that are there count.</summary>
    private static readonly string[][] Forms =
        [["tokenizer.json"], ["tokenizer.model"], ["spiece.model"], ["vocab.json", "merges.txt"], ["vocab.txt"]];

    /// <summary>Whether there are files of a tokenizer.</summary>
    /// <param name="has">Whether there is a file of this name.</param>
    public static bool IsAmong(Func<string, bool> has) => Array.Exists(Forms, form => form.All(has));

    /// <param name="folder">
    /// With tokenizer.json; or tokenizer.model or spiece.model, whose beginning and end are put around a text where tokenizer_config.json
    /// says add_bos_token and add_eos_token; or vocab.json and merges.txt; or vocab.txt, of small letters unless do_lower_case is false.
    /// </param>
    /// <exception cref="FormatException">None of them is there, or it cannot be read.</exception>
    public static Tokenizer Read(string folder)
    {
        return Array.Find(Forms, form => form.All(Has)) switch
        {
            ["tokenizer.json"] => TokenizerReader.Read(At("tokenizer.json")),
            ["vocab.txt"] => BertReader.Read(At("vocab.txt"), Says("do_lower_case", true)),
            [var pieces] => SentencePieceReader.Read(At(pieces), Says("add_bos_token", false), Says("add_eos_token", false)),
            [var words, var merges] => Gpt2Reader.Read(At(words), At(merges)),
            _ => throw new FormatException(folder, "this folder has no tokenizer",
                "expected tokenizer.json, tokenizer.model, spiece.model, vocab.json with merges.txt, or vocab.txt",
                "copy it from the model's source"),
        };

        string At(string name) => Path.Combine(folder, name);
        bool Has(string name) => File.Exists(At(name));
        bool Says(string name, bool otherwise) =>
            Has(Configuration) ? TokenizerFile.Json(At(Configuration)).Flag(name, otherwise) : otherwise;
    }
}
