using System.Text.Json;
using Retort.Formats.ChatTemplates;
using Retort.Formats.Gguf;
using Retort.Formats.HuggingFace;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Vocabularies;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Checkpoints;

/// <summary>A causal language model that reads and writes text: weights, tokenizer and chat template of one folder or GGUF file.</summary>
public sealed class LanguageModel : IDisposable
{
    internal const string GgufEnd = ".gguf";

    private readonly Conversation? _conversation;

    private LanguageModel(Gpt model, Tokenizer tokenizer, IReadOnlyList<int> endTokens, Conversation? conversation)
        => (Model, Tokenizer, EndTokens, _conversation) = (model, tokenizer, endTokens, conversation);

    public Gpt Model { get; }
    public Tokenizer Tokenizer { get; }

    /// <summary>Any of them ends an answer.</summary>
    public IReadOnlyList<int> EndTokens { get; }

    /// <summary>What config.json says; null where the model came from a GGUF file.</summary>
    public CausalConfig? Config { get; private init; }

    /// <summary>How a conversation is written; null = it does not say.</summary>
    public Conversation? Conversation => _conversation;

    /// <summary>How a conversation is written, in Jinja; null = it does not say.</summary>
    public string? Template => _conversation?.Template;

    /// <summary>Whether it says how a conversation is written.</summary>
    public bool Converses => _conversation is not null;

    /// <param name="path">A folder in the Hugging Face layout, or a .gguf file.</param>
    /// <param name="device">Where it will live.</param>
    /// <exception cref="RetortException">A part is missing, or the parts do not fit each other.</exception>
    public static LanguageModel Open(string path, Device device) =>
        path.EndsWith(GgufEnd, StringComparison.OrdinalIgnoreCase) ? OfFile(path, device) : OfFolder(path, device);

    /// <summary>Ids of a text that is to be continued, with what the tokenizer puts in front.</summary>
    public int[] Prompt(string text)
    {
        int[] ids = [.. Tokenizer.Encode(text).Ids];
        return ids.Length > 0 ? ids : throw new RetortException("prompt", "has no token.", "at least one, which the answer follows.");
    }

    /// <summary>Ids of a conversation up to where the model is to answer.</summary>
    /// <param name="messages">Roles (system, user, assistant) and what they said.</param>
    /// <param name="time">For templates that say what today is.</param>
    /// <exception cref="RetortException">It has no template, or the template refuses the messages.</exception>
    public int[] Prompt(IReadOnlyList<(string Role, string Content)> messages, TimeProvider time)
    {
        if (_conversation is null)
            throw new RetortException("chat", "the model has no chat template.",
                "one in chat_template.jinja, tokenizer_config.json, or the GGUF file.", "use generate, which continues a text.");
        return Conversation.Ids(Tokenizer, _conversation.Text(messages, answerFollows: true, time));
    }

    public void Dispose() => Model.Dispose();

    /// <summary>The weights last: the rest costs little, and refuses what does not fit.</summary>
    private static LanguageModel OfFolder(string folder, Device device)
    {
        var rows = CausalConfig.Read(Path.Combine(folder, CausalConfig.File)).VocabularySize;
        var tokenizer = TokenizerFolder.Read(folder);
        CheckRows(folder, tokenizer, rows);
        var conversation = Conversation.Read(folder);
        var checkpoint = LanguageCheckpoint.Load(folder, device);
        return new(checkpoint.Model, tokenizer, checkpoint.EndTokens, conversation) { Config = checkpoint.Config };
    }

    private static LanguageModel OfFile(string path, Device device)
    {
        using var file = GgufReader.Open(path);
        var tokenizer = GgufVocabulary.Read(file);
        CheckRows(path, tokenizer, GgufShape.Of(file).Vocabulary);
        var tokens = new Dictionary<string, JsonElement>();
        foreach (var name in (string[])["bos", "eos"])
            if (SpecialId(file, tokenizer, name) is { } id && tokenizer.Token(id) is { } token)
                tokens[name + "_token"] = JsonSerializer.SerializeToElement(token);
        // of the turn and of the message, where they are not that of the text
        int[] ends = [.. new[] { "eos", "eot", "eom" }.Select(name => SpecialId(file, tokenizer, name)).OfType<int>().Distinct()];
        const string key = "tokenizer.chat_template";
        var template = file.Metadata.ContainsKey(key) ? ChatTemplate.Parse(path, file.Text(key)) : null;
        return new(GgufCheckpoint.Load(path, device), tokenizer, ends, template is null ? null : new Conversation(template, tokens));
    }

    private static int? SpecialId(GgufReader file, Tokenizer tokenizer, string name)
    {
        var key = $"tokenizer.ggml.{name}_token_id";
        if (!file.Metadata.ContainsKey(key)) return null;
        var id = file.Number(key);
        return id >= 0 && id < tokenizer.Size && id == Math.Floor(id) ? (int)id
            : throw new RetortException(file.Path, $"'{key}' is {id:R}.", $"an id of the tokenizer, from 0 to {tokenizer.Size - 1}.",
                "the file is damaged: convert the model again.");
    }

    /// <summary>Added tokens may lack a row, as that for images in Gemma 3's text models: they are refused where they are used.</summary>
    private static void CheckRows(string path, Tokenizer tokenizer, int rows)
    {
        if (tokenizer.VocabularySize > rows)
            throw new RetortException(path, $"the tokenizer has {tokenizer.VocabularySize} ids, the model {rows} rows.",
                "no id without a row.", "use the tokenizer that the model was trained with.");
    }
}
