using Retort.Teachers.Chat;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class HttpChatTeacherTests
{
    private const string Key = "canary-7f3a9c2e41";

    [Fact]
    public async Task ARequestIsWhatServicesExpect()
    {
        using var endpoint = new ScriptedEndpoint();
        using var teacher = Teacher(endpoint);
        var request = new ChatRequest([new ChatMessage("system", "short"), new ChatMessage("user", "hello")], new ChatParameters
        {
            NewTokens = 9, Seed = 40, Stop = ["\n"], TopLogProbabilities = 20, Temperature = 0.5,
            Choices = new ChoiceConstraint(["yes", "\"no\""], ChoiceField.Grammar),
            Extra = System.Text.Json.JsonDocument.Parse("""{"top_k": 0}""").RootElement,
        }, Sample: 2);
        await teacher.AskAsync(request, CancellationToken.None);
        var asked = Assert.Single(endpoint.Requests);
        Assert.Equal("""
            {"model":"tiny-teacher","messages":[{"role":"system","content":"short"},{"role":"user","content":"hello"}],"max_tokens":9,"temperature":0.5,"top_p":1,"seed":42,"stop":["\n"],"logprobs":true,"top_logprobs":20,"grammar":"root ::= \"yes\" | \"\\\"no\\\"\"","top_k":0}
            """, asked.Body.GetRawText());
        Assert.Equal(RequestKey.Of(teacher.Identity, request), asked.Key);
        Assert.Equal($"Bearer {Key}", asked.Authorization);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnAnswerComesWholeOrInPieces(bool streams)
    {
        using var endpoint = new ScriptedEndpoint();
        using var teacher = Teacher(endpoint, streams);
        var reply = await AskAsync(teacher);
        Assert.Equal("answer to hello", reply.Answers[0].Text);
        Assert.Equal(FinishReason.Stop, reply.Answers[0].Finish);
        Assert.Equal(new ChatUsage(ScriptedEndpoint.InputTokens("hello"), ScriptedEndpoint.OutputTokens), reply.Usage);
        Assert.Equal(streams, endpoint.Requests[0].Streams);
    }

    [Theory]
    [InlineData(false, Fault.TooMany, ChatTrouble.Overloaded, false, "the endpoint answered 429: \"slow down\"")]
    [InlineData(false, Fault.TooManyWithRetryAfter, ChatTrouble.Overloaded, false, "the endpoint answered 429")]
    [InlineData(false, Fault.InternalError, ChatTrouble.ServerError, false, "the endpoint answered 500")]
    [InlineData(false, Fault.Unavailable, ChatTrouble.Overloaded, false, "the endpoint answered 503: \"loading model\"")]
    [InlineData(false, Fault.Stall, ChatTrouble.TimedOut, true, "nothing came for 0.3 s.")]
    [InlineData(false, Fault.Cut, ChatTrouble.Cut, true, "the connection broke off")]
    [InlineData(false, Fault.InvalidJson, ChatTrouble.Malformed, true, "the reply is no JSON")]
    [InlineData(false, Fault.WrongModel, ChatTrouble.WrongModel, true, "'tiny-teacher' was asked and 'somebody-else' answered.")]
    [InlineData(false, Fault.Empty, ChatTrouble.Empty, true, "the answer is empty.")]
    [InlineData(true, Fault.Stall, ChatTrouble.TimedOut, true, "nothing came for 0.3 s.")]
    [InlineData(true, Fault.Cut, ChatTrouble.Cut, true, "the stream")]
    [InlineData(true, Fault.InvalidJson, ChatTrouble.Malformed, true, "a piece of the stream is no JSON")]
    [InlineData(true, Fault.WrongModel, ChatTrouble.WrongModel, true, "'somebody-else' answered.")]
    [InlineData(true, Fault.Empty, ChatTrouble.Empty, true, "the answer is empty.")]
    public async Task TroubleHasItsKind(bool streams, Fault fault, ChatTrouble kind, bool mayBeBilled, string sentence)
    {
        using var endpoint = new ScriptedEndpoint(_ => fault) { Stall = TimeSpan.FromSeconds(30) };
        using var teacher = Teacher(endpoint, streams, silence: fault == Fault.Stall ? 0.3 : 60);
        var trouble = await Assert.ThrowsAsync<ChatTroubleException>(() => AskAsync(teacher));
        Assert.Contains(sentence, trouble.Message, StringComparison.Ordinal);
        Assert.Equal((kind, mayBeBilled), (trouble.Kind, trouble.MayBeBilled));
        TimeSpan? asked = fault == Fault.TooManyWithRetryAfter ? TimeSpan.FromMilliseconds(20)
            : fault == Fault.Unavailable ? TimeSpan.Zero : null;
        Assert.Equal(asked, trouble.RetryAfter);
        if (fault is Fault.WrongModel or Fault.Empty) Assert.Equal(ScriptedEndpoint.OutputTokens, trouble.Usage?.Output);
    }

    [Fact]
    public async Task OfAnAnswerThatComesTwiceTheFirstCounts()
    {
        using var endpoint = new ScriptedEndpoint(_ => Fault.Duplicated);
        using var teacher = Teacher(endpoint);
        Assert.Equal("answer to hello", Assert.Single((await AskAsync(teacher)).Answers).Text);
    }

    [Theory]
    [InlineData(401, typeof(RetortException), "refuses the key (401)")]
    [InlineData(403, typeof(RetortException), "refuses the key (403)")]
    [InlineData(404, typeof(RetortException), "knows no such path or no model 'tiny-teacher' (404)")]
    [InlineData(402, typeof(RunPausedException), "says that it must be paid first (402)")]
    [InlineData(429, typeof(RunPausedException), "says that the account's quota is used up", "insufficient_quota")]
    [InlineData(400, typeof(ChatRefusedException), "refuses the question (400)")]
    [InlineData(413, typeof(ChatRefusedException), "refuses the question (413)")]
    [InlineData(422, typeof(ChatRefusedException), "refuses the question (422)")]
    public async Task ARefusalSaysWhatToDoAndNeverTheKey(int status, Type kind, string sentence, string code = "")
    {
        using var endpoint = new ScriptedEndpoint
        {
            Instead = asked => (status, [], $$$"""{"error":{"message":"bad {{{asked.Authorization}}} sk-other-1234abcd\u0007","code":"{{{code}}}"}}"""),
        };
        using var teacher = Teacher(endpoint);
        var error = await Assert.ThrowsAnyAsync<RetortException>(() => AskAsync(teacher));
        Assert.Equal(kind, error.GetType());
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.Contains("(secret)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("1234abcd", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\a', error.Message);
    }

    [Fact]
    public async Task AnAnswerThatRepeatsTheKeyComesWithoutIt()
    {
        using var endpoint = new ScriptedEndpoint { Answer = _ => $"your key is {Key}" };
        foreach (var streams in (bool[])[false, true])
        {
            using var teacher = Teacher(endpoint, streams);
            Assert.Equal("your key is (secret)", (await AskAsync(teacher)).Answers[0].Text);
        }
    }

    [Fact]
    public async Task NobodyThereIsTroubleThatCostsNothing()
    {
        var endpoint = new ScriptedEndpoint();
        using var teacher = Teacher(endpoint);
        endpoint.Dispose();
        var trouble = await Assert.ThrowsAsync<ChatTroubleException>(() => AskAsync(teacher));
        Assert.Equal((ChatTrouble.Unreachable, false), (trouble.Kind, trouble.MayBeBilled));
    }

    [Fact]
    public async Task AServiceThatAdvisesAgainstAskingAgainIsBelieved()
    {
        using var endpoint = new ScriptedEndpoint { Instead = _ => (500, new() { ["x-should-retry"] = "false" }, "{}") };
        using var teacher = Teacher(endpoint);
        await Assert.ThrowsAsync<ChatRefusedException>(() => AskAsync(teacher));
    }

    private static HttpChatTeacher Teacher(ScriptedEndpoint endpoint, bool streams = false, double silence = 60) =>
        new(ChatEndpoint.Parse(endpoint.Address, ScriptedEndpoint.Model, "KEY"), _ => Key, TimeProvider.System)
        {
            Streams = streams,
            LongestSilence = TimeSpan.FromSeconds(silence),
        };

    private static Task<ChatReply> AskAsync(HttpChatTeacher teacher) =>
        teacher.AskAsync(new ChatRequest([new ChatMessage("user", "hello")], new ChatParameters()), CancellationToken.None);
}
