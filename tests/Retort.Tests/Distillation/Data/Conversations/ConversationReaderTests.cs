using Retort.Data.Conversations;
using Retort.Formats.Jsonl;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Conversations;

public sealed class ConversationReaderTests(ITestOutputHelper output) : IDisposable
{
    private const string Good = """{"prompt": "a", "completion": "b"}""";

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}]}""", SetAside.AnotherShape, "the row is OpenAI chat; the file is prompt and completion. expected one shape a file.")]
    [InlineData("""{"text": "a"}""", SetAside.WrongShape, "the row is no conversation; the file is prompt and completion. expected one shape a file.")]
    [InlineData("7", SetAside.WrongShape, "the row is no conversation; the file is prompt and completion. expected one shape a file.")]
    [InlineData("""{"prompt": "a\u0000b", "completion": "b"}""", SetAside.ControlCharacter, "message 1 has the control character U+0000. expected text, with tabs and line ends at most.")]
    [InlineData("""{"prompt": "a", "completion": "\u001b[31mred"}""", SetAside.ControlCharacter, "message 2 has the control character U+001B. expected text, with tabs and line ends at most.")]
    [InlineData("""{"prompt": " \n", "completion": "b"}""", SetAside.WrongShape, "nothing is asked. expected a turn of the user with text.")]
    [InlineData("""{"prompt": "a", "completion": ""}""", SetAside.WrongShape, "an assistant's turn is empty. expected text or tool calls.")]
    [InlineData("{\"prompt\": \"a", JsonFault.Malformed, "the line is not one JSON value.")]
    [InlineData("""{"prompt": "a", "prompt": "b"}""", JsonFault.DuplicateKey, "the key \"prompt\" stands in one object twice.")]
    public void ABadRowIsSetAsideAndTheNextIsRead(string bad, string reason, string sentence)
    {
        // more good rows than are looked at to tell the shape
        var path = _folder.With("a.jsonl", string.Join('\n', Enumerable.Repeat(Good, 30)) + $"\n{bad}\n{Good}\n");
        var read = ConversationReader.Open(path).Read(new ConversationCheck(1000)).ToList();
        var aside = Assert.Single(read, one => one.Aside is not null).Aside!;
        Assert.Equal((31, reason, sentence), (aside.Line, aside.Reason, aside.What));
        Assert.Equal(31, read.Count(one => one.Conversation is not null));
        Assert.Equal(bad, aside.Text);
    }

    [Fact]
    public void APromptOfFourMegabytesIsReadAndJudged()
    {
        var path = _folder.With("a.jsonl", $"{{\"prompt\": \"{new string('x', 4 << 20)}\", \"completion\": \"b\"}}\n{Good}\n");
        Assert.All(ConversationReader.Open(path).Read(new ConversationCheck(5 << 20)), one => Assert.NotNull(one.Conversation));
        var aside = ConversationReader.Open(path).Read(new ConversationCheck(1_000_000)).First().Aside!;
        Assert.Equal((SetAside.TooLong, "the conversation has 4194305 characters. expected at most 1000000 (--max-characters); nothing is ever cut off."),
            (aside.Reason, aside.What));
    }

    [Fact]
    public void AFileOfSeveralSchemasIsRefused()
    {
        var path = _folder.With("a.jsonl", $"{Good}\n{{\"instruction\": \"a\", \"output\": \"b\"}}\n");
        var error = Assert.Throws<RetortException>(() => ConversationReader.Open(path));
        Assert.Equal(($"{path}:2", "the file mixes schemas: line 1 is prompt and completion, line 2 is Alpaca."), (error.Location, error.What));
    }

    [Theory]
    [InlineData("{\"text\": \"a\", \"x\": 1}\n", ":1", "no shape is known with the keys text, x.")]
    [InlineData("[7, 8]", ":1", "the row is no JSON object.")]
    [InlineData("not json\n", "", "has no line that can be read.")]
    [InlineData("", "", "has no line that can be read.")]
    public void AFileOfNoKnownShapeIsRefused(string text, string where, string what)
    {
        var path = _folder.With("a.jsonl", text);
        var error = Assert.Throws<RetortException>(() => ConversationReader.Open(path));
        Assert.Equal((path + where, what), (error.Location, error.What));
    }

    /// <summary>Every real file of a known shape is read to its end, and says how many rows it holds.</summary>
    [Fact]
    public void RealFilesAreRead()
    {
        string[] names = ["alpaca_en_demo", "code_alpaca_2k", "gpteacher_roleplay", "marco_o1_cot_demo", "dpo_en_demo", "kto_en_demo", "toolcall_en_demo",
            "gsm8k_test", "math_think_sft", "openai_batch_requests_sample", "alpaca_seed_tasks"];
        string[] files = [.. RealData.Files("*.json*").Where(path => names.Contains(Path.GetFileName(path).Split('.')[0]))];
        if (files.Length == 0) Assert.Skip("no conversations were found: set RETORT_DATA to a folder that holds them.");
        foreach (var path in files)
        {
            var reader = ConversationReader.Open(path);
            var read = reader.Read(new ConversationCheck(1_000_000)).ToList();
            var aside = read.Select(one => one.Aside).OfType<SetAside>().ToList();
            output.WriteLine($"{Path.GetFileName(path)}: {read.Count} rows, {reader.Shape.Name}, set aside {string.Join(", ", aside.Select(one => $"{one.Line} {one.What}").Take(3))} ({aside.Count})");
            Assert.True(aside.Count * 20 < read.Count, $"{path}: {aside.Count} of {read.Count} set aside");
        }
    }

    public void Dispose() => _folder.Dispose();
}
