using System.Text.Json;
using Retort.Formats.ChatTemplates;
using Retort.Formats.Gguf;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Vocabularies;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Checkpoints;

/// <summary>A causal language model that reads and writes text: weights, tokenizer and chat template of one folder or GGUF file.</summary>
public sealed class LanguageModel : IDisposable
{
    private const string Configuration = "tokenizer_config.json", TemplateFile = "chat_template.jinja", GgufEnd = ".gguf";

    private readonly ChatTemplate? _template;
    private readonly IReadOnlyDictionary<string, JsonElement> _specialTokens;

    private LanguageModel(string path, Gpt model, Tokenizer tokenizer, IReadOnlyList<int> endTokens, ChatTemplate? template,
        IReadOnlyDictionary<string, JsonElement> specialTokens)
    {
        if (tokenizer.Size > model.Sizes.Vocabulary)
            throw new RetortException(path, $"the tokenizer has {tokenizer.Size} ids, the model {model.Sizes.Vocabulary} rows.",
                "no id without a row.", "use the tokenizer that the model was trained with.");
        (Model, Tokenizer, EndTokens, _template, _specialTokens) = (model, tokenizer, endTokens, template, specialTokens);
    }

    public Gpt Model { get; }
    public Tokenizer Tokenizer { get; }

    /// <summary>Any of them ends an answer.</summary>
    public IReadOnlyList<int> EndTokens { get; }

    /// <summary>Whether it says how a conversation is written.</summary>
    public bool Converses => _template is not null;

    /// <param name="path">A folder in the Hugging Face layout, or a .gguf file.</param>
    /// <param name="device">Where it will live.</param>
    /// <exception cref="RetortException">A part is missing, or the parts do not fit each other.</exception>
    public static LanguageModel Open(string path, Device device)
    {
        var inFile = path.EndsWith(GgufEnd, StringComparison.OrdinalIgnoreCase);
        Gpt? model = null;
        try
        {
            return inFile ? OfFile(path, model = GgufCheckpoint.Load(path, device)) : OfFolder(path, device, out model);
        }
        catch
        {
            model?.Dispose();
            throw;
        }
    }

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
        if (_template is null)
            throw new RetortException("chat", "the model has no chat template.", "one in tokenizer_config.json, or in the GGUF file.",
                "use generate, which continues a text.");
        var variables = new Dictionary<string, JsonElement>(_specialTokens)
        {
            ["messages"] = JsonSerializer.SerializeToElement(
                messages.Select(message => new Dictionary<string, string> { ["role"] = message.Role, ["content"] = message.Content })),
            ["add_generation_prompt"] = JsonSerializer.SerializeToElement(true),
        };
        // the template writes the special tokens itself
        return [.. Tokenizer.Encode(_template.Render(variables, time), addSpecialTokens: false, controls: true).Ids];
    }

    public void Dispose() => Model.Dispose();

    private static LanguageModel OfFolder(string folder, Device device, out Gpt model)
    {
        var checkpoint = LanguageCheckpoint.Load(folder, device);
        model = checkpoint.Model;
        ChatTemplate? template = null;
        IReadOnlyDictionary<string, JsonElement> tokens = new Dictionary<string, JsonElement>();
        var (configuration, alone) = (Path.Combine(folder, Configuration), Path.Combine(folder, TemplateFile));
        if (File.Exists(configuration)) template = ChatTemplate.ReadConfiguration(configuration, out tokens);
        if (template is null && File.Exists(alone)) template = ChatTemplate.Parse(alone, File.ReadAllText(alone));
        return new(folder, model, TokenizerFolder.Read(folder), checkpoint.EndTokens, template, tokens);
    }

    private static LanguageModel OfFile(string path, Gpt model)
    {
        using var file = GgufReader.Open(path);
        var tokenizer = GgufVocabulary.Read(file);
        var tokens = new Dictionary<string, JsonElement>();
        int? Id(string name) => file.Metadata.ContainsKey($"tokenizer.ggml.{name}_token_id")
            ? (int)file.Number($"tokenizer.ggml.{name}_token_id") : null;
        foreach (var name in (string[])["bos", "eos"])
            if (Id(name) is { } id && tokenizer.Token(id) is { } token)
                tokens[name + "_token"] = JsonSerializer.SerializeToElement(token);
        const string key = "tokenizer.chat_template";
        return new(path, model, tokenizer, Id("eos") is { } end ? [end] : [],
            file.Metadata.ContainsKey(key) ? ChatTemplate.Parse(path, file.Text(key)) : null, tokens);
    }
}
