using System.IO.Compression;
using System.Text;
using Retort.Data;
using Retort.Data.Text;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

public sealed class TextSourceTests : IDisposable
{
    private const string Chat = """
        {"chat_template": "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% if m.role == 'assistant' %}<|endoftext|>{% endif %}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"text": "abcd"}""", "abcd", "bcd|")]
    [InlineData("""{"prompt": "ab", "completion": "cd"}""", "abcd", "cd|")]
    [InlineData("""{"instruction": "ab", "input": "", "output": "cd"}""", "### Instruction:\nab\n\n### Response:\ncd", "cd|")]
    [InlineData("""{"instruction": "ab", "input": "x", "output": "cd"}""", "### Instruction:\nab\n\nx\n\n### Response:\ncd", "cd|")]
    [InlineData("""{"conversations": [{"from": "human", "value": "ab"}, {"from": "gpt", "value": "cd"}]}""",
        "### Instruction:\nab\n\n### Response:\ncd", "cd|")]
    public void EachFormIsLearntWhereTheModelSpeaks(string row, string text, string learnt)
    {
        var data = Read(row);
        var document = Assert.Single(data.Test.Documents);
        Assert.Equal(text, data.Tokenizer.Tokenizer.Decode(document.Tokens));
        Assert.Equal(learnt, Learnt(data, document));
    }

    [Theory]
    [InlineData("a\nb\n\nc\n", "a\nb", "c")]
    [InlineData("a\n\nb\n<|endoftext|>\n\n<|endoftext|>\nc", "a\n\nb", "c")]
    public void TextsArePartedByLines(string content, params string[] texts)
    {
        Assert.Equal(texts, TextRow.Read(_folder.With("rows.txt", content)).Select(row => row.Text));
        using (var packed = new GZipStream(File.Create(_folder.At("packed.txt.gz")), CompressionLevel.Fastest))
            packed.Write(Encoding.UTF8.GetBytes(content));
        Assert.Equal(texts, TextRow.Read(_folder.At("packed.txt.gz")).Select(row => row.Text));
    }

    [Fact]
    public void EveryTurnOfTheAssistantIsLearnt()
    {
        var tokenizer = Path.Combine(_folder.Path, "chat");
        TextTokenizer.Trained([], 257).WriteTo(tokenizer);
        File.WriteAllText(Path.Combine(tokenizer, "tokenizer_config.json"), Chat);
        var data = Read(
            """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"}]}""",
            recipe => recipe with { Tokenizer = tokenizer });
        var document = Assert.Single(data.Test.Documents);
        Assert.Equal("<user>a<assistant>b<user>c<assistant>d", data.Tokenizer.Tokenizer.Decode(document.Tokens));
        Assert.Equal("b|d|", Learnt(data, document));
        Assert.Equal("<user>a<assistant>", data.Tokenizer.Tokenizer.Decode(document.Prompt));
        Assert.Equal("b", data.Tokenizer.Tokenizer.Decode(document.Answer));
    }

    [Theory]
    [InlineData("""{"words": "x"}""", "rows.jsonl:1  has the keys words.")]
    [InlineData("""{"prompt": "x"}""", "rows.jsonl:1  has no text 'completion'.")]
    [InlineData("[1]", "rows.jsonl:1  is no JSON object.")]
    [InlineData("""{"messages": [{"role": "user", "content": "x"}]}""", "rows.jsonl:1  has a conversation in which no assistant speaks.")]
    [InlineData("""{"messages": [{"role": "assistant"}]}""", "rows.jsonl:1  has a turn without the texts role and content.")]
    [InlineData("""{"prompt": "", "completion": ""}""", "has no token that follows another and is to be learnt.")]
    [InlineData("""{"text": "123456789012345678901234567890123"}""",
        "has 34 tokens.\n  at most data.contextLength, 32: nothing is cut silently.")]
    public void ABadRowIsNamed(string row, string message) => Assert.Contains(message,
        Assert.ThrowsAny<Exception>(() => Read(row, recipe => recipe with { ContextLength = 32 })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(" cd\n", true)]
    [InlineData("cd.", false)]
    public void AnAnswerCanBeChecked(string answer, bool right)
    {
        const string row = """{"prompt": "ab", "completion": "cd"}""";
        Assert.Equal(right, Read(row, recipe => recipe with { Check = "exact" }).Check!.IsRight("ab", "cd", answer));
        Assert.Null(Read(row).Check);
    }

    /// <summary>What is read gets worse, what is to be said stays; of a text alone the second half is to be said.</summary>
    [Theory]
    [InlineData("""{"prompt": "ab cd", "completion": "ef"}""", "AB CDef", "ef|")]
    [InlineData("""{"text": "ab cd ef gh"}""", "AB CD ef gh", " ef gh|")]
    [InlineData("""{"text": "abcd"}""", "abcd", "bcd|")]
    [InlineData("""{"conversations": [{"from": "human", "value": "ab"}, {"from": "gpt", "value": "cd"}]}""",
        "### Instruction:\nAB\n\n### Response:\ncd", "cd|")]
    public void WhatIsReadGetsWorse(string row, string text, string learnt)
    {
        var data = Read(row);
        var document = Assert.Single(data.Worse!((one, _) => one.ToUpperInvariant(), new Seed(1)));
        Assert.Equal(text, data.Tokenizer.Tokenizer.Decode(document.Tokens));
        Assert.Equal(learnt, Learnt(data, document));
    }

    [Fact]
    public void WhatNoLongerFitsIsLeftOut() => Assert.Empty(Read("""{"prompt": "ab", "completion": "cd"}""")
        .Worse!((_, _) => new string('x', 200), new Seed(1)));

    [Fact]
    public void WhatIsTooLongCanBeCut()
    {
        var data = Read("""{"text": "123456789012345678901234567890123"}""", recipe => recipe with { ContextLength = 32, TooLong = "cut" });
        Assert.All(data.Test.Documents, document => Assert.Equal(32, document.Tokens.Length));
        Assert.Contains(data.Warnings, warning => warning.StartsWith("3 of the 3 texts are longer", StringComparison.Ordinal));
    }

    [Fact]
    public void PartsAreDisjointAndTheSeedDecides()
    {
        var path = _folder.With("many.txt", string.Join("\n\n", Enumerable.Range(0, 50).Select(i => $"text number {i}\nof many")));
        var recipe = new DataRecipe { Source = "text", Path = path, Vocabulary = 300 };
        var data = TextDataReader.Read(recipe, "", null, 1);
        Assert.Equal((40, 5, 5), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(50, data.Train.Documents.Concat(data.Validation.Documents).Concat(data.Test.Documents)
            .Select(document => document.Place).Distinct().Count());
        Assert.Equal(data.Hash, TextDataReader.Read(recipe, "", null, 1).Hash);
        Assert.NotEqual(data.Hash, TextDataReader.Read(recipe, "", null, 2).Hash);
        Assert.True(data.Tokenizer.Tokenizer.Size > 257, "nothing was learnt");
    }

    /// <summary>The same row three times, so that each part has it.</summary>
    private TextData Read(string row, Func<DataRecipe, DataRecipe>? change = null)
    {
        var path = _folder.With("rows.jsonl", $"{row}\n{row}\n{row}\n");
        var recipe = new DataRecipe { Source = "text", Path = path, Vocabulary = 257, Train = 1, Validation = 1, Test = 1, Leaks = "allow" };
        return TextDataReader.Read(change?.Invoke(recipe) ?? recipe, "", null, 1);
    }

    /// <summary>What is learnt, with | for the end of a text.</summary>
    private static string Learnt(TextData data, TextDocument document) => data.Tokenizer.Tokenizer.Decode(
        document.Tokens.Zip(document.Learnt).Where(pair => pair.Second).Select(pair => pair.First), skipSpecialTokens: false)
        .Replace("<|endoftext|>", "|", StringComparison.Ordinal);
}
