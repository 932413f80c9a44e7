using Retort.Asking;
using Retort.Data.Conversations;
using Retort.Formats.Jsonl;
using Retort.Tensors;
using Retort.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Asking;

public sealed class PromptFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void PromptsAndConversationsAreRead()
    {
        var prompts = PromptFile.Read(_folder.With("p.jsonl", """
            {"prompt": "one"}

            {"id": 7, "messages": [{"role": "system", "content": "short"}, {"role": "user", "content": [{"type": "text", "text": "two"}]}]}
            {"id": "c", "messages": [{"role": "user", "content": "three"}, {"role": "assistant", "content": "an old answer"}], "weight": 1}
            """)).Prompts;
        Assert.Equal(["line 1", "7", "c"], prompts.Select(prompt => prompt.Id));
        Assert.Equal([new ChatMessage("system", "short"), new ChatMessage("user", "two")], prompts[1].Messages);
        Assert.Equal([new ChatMessage("user", "three")], prompts[2].Messages);
    }

    [Theory]
    [InlineData("", "p.jsonl  there are no prompts.")]
    [InlineData("{\"prompt\": \"a\"}\n{\"prompt\": 5}", "p.jsonl:2  there is neither a \"prompt\" that is text nor a list of \"messages\".")]
    [InlineData("[]", "p.jsonl  there are no prompts.")]
    [InlineData("[5]", "p.jsonl:1  this is no object.")]
    [InlineData("{\"prompt\": \"a\", \"messages\": []}", "p.jsonl:1  it mixes schemas: a \"prompt\" and \"messages\".")]
    [InlineData("{\"prompt\": \"a\\u001b[2J\"}", "p.jsonl:1  the prompt has the control character U+001B.")]
    [InlineData("{\"prompt\": \"\"}", "p.jsonl:1  a text is empty.")]
    [InlineData("{\"prompt\": \"a\", \"prompt\": \"b\"}", "p.jsonl:1")]
    [InlineData("{\"prompt\": \"a\"", "p.jsonl:1")]
    [InlineData("{\"id\": [], \"prompt\": \"a\"}", "p.jsonl:1  \"id\" is neither text nor a number.")]
    [InlineData("{\"id\": 1, \"prompt\": \"a\"}\n{\"id\": \"1\", \"prompt\": \"b\"}", "p.jsonl:2  the id '1' stands here a second time.")]
    [InlineData("{\"messages\": []}", "p.jsonl:1  there is nobody who asks.")]
    [InlineData("{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]}", "p.jsonl:1  there is nobody who asks.")]
    [InlineData("{\"messages\": [{\"role\": \"oracle\", \"content\": \"a\"}]}", "p.jsonl:1  'oracle' is no role.")]
    [InlineData("{\"messages\": [{\"content\": \"a\"}]}", "p.jsonl:1  a message has no \"role\".")]
    [InlineData("{\"messages\": [{\"role\": \"user\"}]}", "p.jsonl:1  a message has no text as its \"content\".")]
    public void BadLinesAreNamed(string text, string sentence)
    {
        var error = Assert.ThrowsAny<RetortException>(() => PromptFile.Read(_folder.With("p.jsonl", text)));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BadLinesAreSetAsideAndTheOthersAreRead()
    {
        var lines = Enumerable.Range(1, 400).Select(i => $"{{\"id\": {i}, \"prompt\": \"question {i}\"}}").ToList();
        lines[6] = "{\"prompt\": ";
        lines[50] = "{\"prompt\": \"a\", \"prompt\": \"b\"}";
        lines[90] = $"{{\"prompt\": \"{new string('x', 4 << 20)}\"}}";
        lines[399] = "{\"id\": 3, \"prompt\": \"the third again\"}";
        var read = PromptFile.Read(_folder.With("p.jsonl", string.Join('\n', lines)));
        Assert.Equal(396, read.Prompts.Count);
        Assert.Equal([(7L, JsonFault.Malformed), (51L, JsonFault.DuplicateKey), (91L, SetAside.TooLong), (400L, SetAside.WrongShape)],
            read.Aside.Select(one => (one.Line, one.Reason)));
        Assert.Contains("4194304 characters, more than 1048576", read.Aside[2].What, StringComparison.Ordinal);
    }

    [Fact]
    public void MoreBadLinesThanAreBorneStopTheWork()
    {
        var path = _folder.With("p.jsonl", "{\"prompt\": \"a\"}\n{\"prompt\": 5}\n{\"prompt\": \"b\"}\nhm");
        var error = Assert.ThrowsAny<RetortException>(() => PromptFile.Read(path));
        Assert.Contains("2 of 4 lines are bad, and 1 % are borne (--max-bad)", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, PromptFile.Read(path, mostBad: 0.5).Prompts.Count);
    }

    public void Dispose() => _folder.Dispose();
}
