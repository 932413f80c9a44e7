using System.Text;
using Retort.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class ChatReplyReaderTests
{
    /// <summary>What services leave out, add, and do otherwise; each was seen.</summary>
    [Theory]
    [InlineData("""{"choices":[{"message":{"content":"a"},"finish_reason":null}]}""", "a", FinishReason.Unknown)]
    [InlineData("""{"choices":[{"message":{"content":"a"}}]}""", "a", FinishReason.Unknown)]
    [InlineData("""{"choices":[{"message":{"content":"a"},"finish_reason":""}]}""", "a", FinishReason.Unknown)]
    [InlineData("""{"choices":[{"message":{"content":"a"},"finish_reason":"eos"}]}""", "a", FinishReason.Stop)]
    [InlineData("""{"choices":[{"message":{"content":"a"},"finish_reason":"length"}],"created":1.5,"x":{"y":[1]}}""", "a", FinishReason.Length)]
    [InlineData("""{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"},"c"]},"finish_reason":"stop"}]}""", "abc", FinishReason.Stop)]
    [InlineData("""{"choices":[{"message":{"content":null,"tool_calls":[{"function":{"arguments":{}}}]},"finish_reason":"tool_calls"}]}""", "", FinishReason.ToolCalls)]
    [InlineData("""{"choices":[{"text":"a","finish_reason":"stop"}]}""", "a", FinishReason.Stop)]
    public void ShapesOfServicesAreRead(string json, string text, FinishReason finish)
    {
        var answer = Assert.Single(Read(json).Answers);
        Assert.Equal((text, finish), (answer.Text, answer.Finish));
        Assert.Null(answer.Tokens);
        Assert.Null(Read(json).Usage);
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    public void ReasoningIsKeptApart(string field) => Assert.Equal("hm",
        Read($$$"""{"choices":[{"message":{"content":"a","{{{field}}}":"hm"}}]}""").Answers[0].Reasoning);

    [Theory]
    [InlineData("""{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}""", 7L, 3L, 0L, 0L)]
    [InlineData("""{"prompt_tokens":7.0,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}""", 7L, 3L, 4L, 2L)]
    [InlineData("""{"input_tokens":7,"output_tokens":3}""", 7L, 3L, 0L, 0L)]
    public void UsageIsRead(string usage, long input, long output, long cached, long reasoning) =>
        Assert.Equal(new ChatUsage(input, output, cached, reasoning), Read(Answer($$""","usage":{{usage}}""")).Usage);

    /// <summary>A count that cannot be is no count: the reservation is charged.</summary>
    [Theory]
    [InlineData("""{"total_tokens":10}""")]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":3}""")]
    [InlineData("""{"prompt_tokens":"7","completion_tokens":3}""")]
    [InlineData("""{"prompt_tokens":1e30,"completion_tokens":3}""")]
    [InlineData("null")]
    public void UsageThatCannotBeIsNone(string usage) => Assert.Null(Read(Answer($$""","usage":{{usage}}""")).Usage);

    /// <summary>llama-server: ids, bytes, entries that are missing, and a chosen token outside the alternatives.</summary>
    [Fact]
    public void LogProbabilitiesAreAlignedByIdAndBytes()
    {
        var tokens = Read("""
            {"choices":[{"message":{"content":"é!"},"logprobs":{"content":[
              {"id":5,"token":"","bytes":[195],"logprob":-0.5,"top_logprobs":[{"id":9,"token":"","bytes":[196],"logprob":-0.7},{"id":5,"token":"","bytes":[195],"logprob":-0.5}]},
              {"token":"?","logprob":null},
              {"token":"token_id:77","bytes":[116,111],"logprob":-2.25,"top_logprobs":[{"token":"a","logprob":-0.25}]}]}}]}
            """).Answers[0].Tokens!;
        Assert.Equal(2, tokens.Count);
        Assert.Equal((5, -0.5), (tokens[0].Chosen.Id, tokens[0].Chosen.LogProbability));
        Assert.Equal([195], tokens[0].Chosen.Bytes!);
        Assert.Equal([9, 5], tokens[0].Top.Select(choice => choice.Id!.Value));
        Assert.Equal((77, "", null), (tokens[1].Chosen.Id, tokens[1].Chosen.Text, tokens[1].Chosen.Bytes)); // its bytes are the number's
        Assert.Null(tokens[1].Top[0].Id);
    }

    [Fact]
    public void SeveralAnswersComeByIndex() => Assert.Equal(["first", "second"],
        Read("""{"choices":[{"index":1,"message":{"content":"second"}},{"index":0,"message":{"content":"first"}}]}""").Answers.Select(answer => answer.Text));

    [Theory]
    [InlineData("{", "the reply is no JSON")]
    [InlineData("{}", "the reply has no choices.")]
    [InlineData("""{"choices":[]}""", "the reply has no choices.")]
    [InlineData("""{"error":{"message":"overloaded"}}""", "the reply is an error: overloaded")]
    [InlineData("""{"choices":[{"message":{"content":"\ud800"}}]}""", "the reply is no JSON")]
    public void WhatIsNoReplyIsTrouble(string json, string sentence)
    {
        var trouble = Assert.Throws<ChatTroubleException>(() => Read(json));
        Assert.Equal(ChatTrouble.Malformed, trouble.Kind);
        Assert.Contains(sentence, trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTheJournalWritesIsReadBack()
    {
        var reply = new ChatReply("m", [new ChatAnswer("a \"b\"\n", "hm", FinishReason.Length,
            [new TokenEntry(new TokenChoice("a", 5, [97], -0.125), [new TokenChoice("ü", null, null, -1e-9)])], "no")], new ChatUsage(7, 3, 2, 1));
        var again = ChatReplyReader.Read(Encoding.UTF8.GetBytes(ChatReplyWriter.Write(reply)));
        Assert.Equal(reply.Usage, again.Usage);
        Assert.Equal(reply.Answers[0] with { Tokens = null }, again.Answers[0] with { Tokens = null });
        Assert.Equal(ChatReplyWriter.Write(reply), ChatReplyWriter.Write(again));
        Assert.Equal(-1e-9, again.Answers[0].Tokens![0].Top[0].LogProbability);
    }

    private static string Answer(string more) => $$$"""{"choices":[{"message":{"content":"a"}}]{{{more}}}}""";

    private static ChatReply Read(string json) => ChatReplyReader.Read(Encoding.UTF8.GetBytes(json));
}
