using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Retort.Formats.ChatTemplates;
using Retort.Formats.Tokenizers.Json;
using Retort.Testing;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.ChatTemplates;

/// <summary>Conversations as transformers writes them, and what Jinja itself makes of templates of ours and of published ones.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenTemplateTests(ITestOutputHelper output)
{
    private static readonly TimeProvider Time = new Stopped();

    [Fact]
    public void ConversationsOfTheFixtures()
    {
        var found = Fixtures.Find("tokenizers", "chat.jsonl");
        if (found.Count == 0) Assert.Skip("no chat.jsonl in tokenizers; RETORT_FIXTURES says where else they lie.");
        foreach (var (name, path) in found)
        {
            var folder = Path.GetDirectoryName(path)!;
            var tokenizer = TokenizerReader.Read(Path.Combine(folder, "tokenizer.json"));
            var template = ChatTemplate.ReadConfiguration(Path.Combine(folder, "tokenizer_config.json"), out var tokens)!;
            var cases = 0;
            foreach (var line in File.ReadLines(path))
            {
                using var document = JsonDocument.Parse(line);
                var text = template.Render(new Dictionary<string, JsonElement>(tokens)
                {
                    ["messages"] = document.RootElement.GetProperty("messages"),
                    ["add_generation_prompt"] = document.RootElement.GetProperty("add_generation_prompt"),
                }, Time);
                Assert.Equal(document.RootElement.GetProperty("text").GetString(), text);
                Assert.Equal(document.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()),
                    tokenizer.Encode(text, addSpecialTokens: false).Ids);
                cases++;
            }
            output.WriteLine($"golden: {name}, {cases} conversations, 0 differences");
        }
    }

    /// <summary>
    /// Files of lines {template, variables, text or error}, made with Jinja 3.1.6 as transformers sets it up; of published templates, which
    /// belong to others, {published, variables, sha256 of the text or error}.
    /// </summary>
    [Fact]
    public void WhatJinjaMakesOfThem()
    {
        var found = Fixtures.Find("templates", "*.jsonl");
        if (found.Count == 0) Assert.Skip("no *.jsonl in templates; RETORT_FIXTURES says where else they lie.");
        var published = RealData.Files("chat_templates.json").Select(path => Fixtures.Read(path)).FirstOrDefault();
        var failures = new List<string>();
        foreach (var (name, path) in found)
        {
            var (cases, skipped, number) = (0, 0, 0);
            foreach (var line in File.ReadLines(path))
            {
                number++;
                using var document = JsonDocument.Parse(line);
                var (golden, text) = (document.RootElement, "");
                if (golden.TryGetProperty("template", out var own)) text = own.GetString()!;
                else if (published is not null) text = published.RootElement.GetProperty(golden.GetProperty("published").GetString()!)
                    .GetProperty("chat_template").GetString()!;
                else
                {
                    skipped++;
                    continue;
                }
                cases++;
                var rendered = Render(text, golden.GetProperty("variables"));
                var expected = new[] { "text", "sha256", "error" }.First(kind => golden.TryGetProperty(kind, out _));
                var compared = expected == "sha256" && rendered.Text is not null
                    ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rendered.Text))) : rendered.Text;
                if (expected == "error" ? compared is not null : compared != golden.GetProperty(expected).GetString())
                    failures.Add($"{name}:{number} {rendered.Text ?? rendered.Error} instead of {golden.GetProperty(expected).GetString()}");
            }
            output.WriteLine($"golden: {name}, {cases} renderings" + (skipped > 0 ? $", {skipped} not looked at: their templates lie in RETORT_DATA" : ""));
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    private static (string? Text, string? Error) Render(string template, JsonElement variables)
    {
        try
        {
            return (ChatTemplate.Parse("template", template).Render(variables.EnumerateObject().ToDictionary(member => member.Name,
                member => member.Value), Time), null);
        }
        catch (FormatException error)
        {
            return (null, error.Message);
        }
    }

    /// <summary>The moment at which the golden texts were made.</summary>
    private sealed class Stopped : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 3, 5, 14, 7, 9, TimeSpan.Zero);
    }
}
