using System.Text.Json;
using Retort.Formats.Tokenizers;

namespace Retort.Formats.ChatTemplates;

/// <summary>
/// Writes a conversation as the one text that a model was trained on. Templates are programs in Jinja, so this is an interpreter of the
/// part of it that they use, which reaches nothing but its own values and is bounded in steps, depth and output. See spec.md.
/// </summary>
public sealed class ChatTemplate
{
    private readonly TemplateSource _source;
    private readonly IReadOnlyList<Statement> _body;

    private ChatTemplate(TemplateSource source) => (_source, _body) = (source, TemplateParser.Parse(source));

    /// <summary>As it was written.</summary>
    public string Text => _source.Text;

    /// <param name="name">For errors.</param>
    /// <param name="text">The template.</param>
    /// <exception cref="FormatException">It is not understood, or uses what is not built.</exception>
    public static ChatTemplate Parse(string name, string text) => new(new TemplateSource(name, text));

    /// <summary>Reads a chat_template.jinja, which counts before that of a tokenizer_config.json.</summary>
    /// <exception cref="FormatException">It cannot be read, is too long, or is not understood.</exception>
    public static ChatTemplate Read(string path) => Parse(path, string.Join('\n', TokenizerFile.Lines(path)));

    /// <summary>Reads the template of a tokenizer_config.json and the special tokens that it may name (bos_token and the like).</summary>
    /// <param name="path">tokenizer_config.json.</param>
    /// <param name="tokens">Names and texts of special tokens, to be given to <see cref="Render"/>.</param>
    /// <param name="name">Which one, where the file has several.</param>
    /// <returns>Null where the file has no template.</returns>
    public static ChatTemplate? ReadConfiguration(string path, out IReadOnlyDictionary<string, JsonElement> tokens, string name = "default")
    {
        var root = TokenizerFile.Json(path);
        tokens = root.Members().Where(member => member.Name.EndsWith("_token", StringComparison.Ordinal))
            .Select(member => (member.Name, Token: Content(member.Value.Element)))
            .Where(member => member.Token is not null).ToDictionary(member => member.Name, member => member.Token!.Value);
        if (root.Optional("chat_template") is not { } field) return null;
        if (field.Element.ValueKind != JsonValueKind.Array) return Parse(field.Place, field.Text());
        var named = field.Items().FirstOrDefault(item => item.Required("name").Text() == name);
        return named.Element.ValueKind == JsonValueKind.Undefined
            ? throw field.Refuse($"there is no template '{name}'",
                $"expected one of {string.Join(", ", field.Items().Select(item => item.Required("name").Text()))}")
            : Parse(field.Place, named.Required("template").Text());
    }

    /// <param name="variables">
    /// What the template may name: "messages", a list of objects with role and content; "add_generation_prompt"; "tools"; special tokens.
    /// </param>
    /// <param name="time">What today is, for templates that say it.</param>
    /// <exception cref="FormatException">The template refuses the messages, fails on them, or goes beyond its bounds.</exception>
    public string Render(IReadOnlyDictionary<string, JsonElement> variables, TimeProvider time)
    {
        var globals = new TemplateScope(null);
        TemplateGlobals.AddTo(globals);
        foreach (var (name, value) in variables) globals.Set(name, TemplateValue.Of(value));
        var run = new TemplateRun(_source, new TemplateScope(globals), time);
        Statement.RunAll(_body, run);
        return run.Output();
    }

    private static JsonElement? Content(JsonElement token) => token.ValueKind switch
    {
        JsonValueKind.String => token,
        JsonValueKind.Object when token.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String => content,
        _ => null,
    };
}
