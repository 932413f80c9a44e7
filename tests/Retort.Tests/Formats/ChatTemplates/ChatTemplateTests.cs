using System.Text.Json;
using Retort.Formats.ChatTemplates;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.ChatTemplates;

public sealed class ChatTemplateTests
{
    [Fact]
    public void AConfigurationGivesItsTemplateAndItsSpecialTokens()
    {
        using var folder = new TemporaryFolder();
        var path = folder.With("tokenizer_config.json", """
            {"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": "</s>", "pad_token": null,
             "chat_template": [{"name": "default", "template": "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{{ pad_token }}"},
                               {"name": "tool_use", "template": "tools"}]}
            """);
        var template = ChatTemplate.ReadConfiguration(path, out var tokens)!;
        var variables = new Dictionary<string, JsonElement>(tokens)
        {
            ["messages"] = JsonDocument.Parse("""[{"role": "user", "content": "hi"}]""").RootElement,
        };
        Assert.Equal("<s>hi</s>", template.Render(variables, TimeProvider.System));
        Assert.Equal("tools", ChatTemplate.ReadConfiguration(path, out _, "tool_use")!.Render(variables, TimeProvider.System));
        Assert.Contains("expected one of default, tool_use",
            Assert.Throws<FormatException>(() => ChatTemplate.ReadConfiguration(path, out _, "rag")).Message, StringComparison.Ordinal);
        Assert.Null(ChatTemplate.ReadConfiguration(folder.With("other.json", "{}"), out _));
    }

    [Fact]
    public void MessagesThatAreNotUnicodeAreRefused()
    {
        var variables = new Dictionary<string, JsonElement> { ["messages"] = JsonDocument.Parse("[\"\\ud800\"]").RootElement };
        Assert.Contains("half of a surrogate pair",
            Assert.Throws<FormatException>(() => ChatTemplate.Parse("t", "{{ messages }}").Render(variables, TimeProvider.System)).Message,
            StringComparison.Ordinal);
    }
}
