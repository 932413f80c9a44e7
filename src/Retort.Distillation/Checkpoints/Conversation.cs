using System.Text.Json;
using Retort.Formats.ChatTemplates;
using Retort.Formats.Tokenizers;
using Retort.Tensors;

namespace Retort.Checkpoints;

/// <summary>How a model writes a conversation: its template, and the special tokens that the template may name.</summary>
/// <param name="template">Of the model.</param>
/// <param name="specialTokens">Names (bos_token) and texts.</param>
public sealed class Conversation(ChatTemplate template, IReadOnlyDictionary<string, JsonElement> specialTokens)
{
    public const string Configuration = "tokenizer_config.json", TemplateFile = "chat_template.jinja";

    /// <summary>In Jinja.</summary>
    public string Template => template.Text;

    /// <summary>That of a model's folder; null where it has none.</summary>
    /// <exception cref="FormatException">A template is not understood.</exception>
    public static Conversation? Read(string folder)
    {
        ChatTemplate? template = null;
        IReadOnlyDictionary<string, JsonElement> tokens = new Dictionary<string, JsonElement>();
        var (configuration, alone) = (Path.Combine(folder, Configuration), Path.Combine(folder, TemplateFile));
        if (File.Exists(configuration)) template = ChatTemplate.ReadConfiguration(configuration, out tokens);
        if (File.Exists(alone)) template = ChatTemplate.Read(alone); // the newer place
        return template is null ? null : new(template, tokens);
    }

    /// <param name="messages">Roles (system, user, assistant) and what they said.</param>
    /// <param name="answerFollows">Up to where the model is to answer.</param>
    /// <param name="time">For templates that say what today is.</param>
    /// <exception cref="RetortException">The template refuses the messages.</exception>
    public string Text(IEnumerable<(string Role, string Content)> messages, bool answerFollows, TimeProvider time)
    {
        var variables = new Dictionary<string, JsonElement>(specialTokens)
        {
            ["messages"] = JsonSerializer.SerializeToElement(
                messages.Select(message => new Dictionary<string, string> { ["role"] = message.Role, ["content"] = message.Content })),
            ["add_generation_prompt"] = JsonSerializer.SerializeToElement(answerFollows),
        };
        return template.Render(variables, time);
    }

    /// <summary>Ids of a text that a template wrote, with the special tokens that it wrote itself.</summary>
    public static int[] Ids(Tokenizer tokenizer, string text) => [.. tokenizer.Encode(text, addSpecialTokens: false, controls: true).Ids];
}
