using System.Text;
using Retort.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class ChatStreamReaderTests
{
    private const string Text = """data: {"choices":[{"index":0,"delta":{"content":"hel"}}]}""";
    private const string More = """data: {"choices":[{"index":0,"delta":{"content":"lo","reasoning_content":"hm","role":null},"logprobs":{"content":[{"token":"lo","logprob":-1}]}}]}""";
    private const string Finish = """data: {"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    private const string Usage = """data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}""";
    private const string Done = "data: [DONE]";

    [Theory]
    [InlineData(Text, More, Finish, Usage, Done)]
    [InlineData(": comment", Text, "event: ping\ndata:", More, Finish, Usage)] // no [DONE]
    [InlineData(Text, More, Usage, Done)] // nobody says why it ended
    public async Task PiecesBecomeAReply(params string[] events)
    {
        var reply = await ReadAsync(events);
        Assert.Equal(("hello", "hm"), (reply.Answers[0].Text, reply.Answers[0].Reasoning));
        Assert.Equal(-1, Assert.Single(reply.Answers[0].Tokens!).Chosen.LogProbability);
        Assert.Equal(new ChatUsage(7, 2), reply.Usage);
    }

    /// <summary>However politely the connection closes: an answer without its end is none.</summary>
    [Theory]
    [InlineData(ChatTrouble.Cut, "the stream ended before the answer did.")]
    [InlineData(ChatTrouble.Cut, "the stream ended before the answer did.", Text)]
    [InlineData(ChatTrouble.Cut, "the stream ended before the answer did.", Text, More, Usage)]
    [InlineData(ChatTrouble.Cut, "the stream tells of an error: no more", Text, """data: {"error":{"message":"no more"}}""", Finish, Done)]
    [InlineData(ChatTrouble.Malformed, "a piece of the stream is no JSON", Text, "data: {\"choices\"")]
    public async Task ACutIsSeen(ChatTrouble kind, string sentence, params string[] events)
    {
        var trouble = await Assert.ThrowsAsync<ChatTroubleException>(() => ReadAsync(events));
        Assert.Equal((kind, true), (trouble.Kind, trouble.MayBeBilled));
        Assert.Contains(sentence, trouble.Message, StringComparison.Ordinal);
    }

    /// <summary>Every prefix of a stream is refused until the answer's end has come.</summary>
    [Fact]
    public async Task NoPrefixPassesForTheWhole()
    {
        var whole = string.Join("\n\n", Text, More, Finish) + "\n\n";
        var end = whole.Length;
        for (var length = 0; length < end; length++)
        {
            var (prefix, heard) = (whole[..length], 0);
            await Assert.ThrowsAsync<ChatTroubleException>(() =>
                ChatStreamReader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(prefix)), () => heard++, CancellationToken.None));
        }
        Assert.Equal("hello", (await ReadAsync(Text, More, Finish)).Answers[0].Text);
    }

    private static Task<ChatReply> ReadAsync(params string[] events) => ChatStreamReader.ReadAsync(
        new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(events.Select(piece => piece + "\n\n")))), () => { }, CancellationToken.None);
}
