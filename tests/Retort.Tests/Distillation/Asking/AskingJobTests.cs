using System.Globalization;
using Retort.Asking;
using Retort.Runs;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Asking;

public sealed class AskingJobTests : IDisposable
{
    private static readonly Price Price = new(1m, 1m);
    private readonly TemporaryFolder _folder = new();
    private readonly List<StageProgress> _told = [];

    /// <summary>Every fault that an endpoint may have, over HTTP, whole and in pieces: each prompt is answered once.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FaultsAreLivedThrough(bool streams)
    {
        var faults = Enum.GetValues<Fault>();
        using var endpoint = new ScriptedEndpoint(asked => ScriptedEndpoint.Drawn(asked, new Seed(11), 0.4, faults))
        {
            Stall = TimeSpan.FromSeconds(20),
        };
        var address = ChatEndpoint.Parse(endpoint.Address, ScriptedEndpoint.Model, null);
        using var wire = new HttpChatTeacher(address, _ => null, TimeProvider.System)
        {
            Streams = streams,
            LongestSilence = TimeSpan.FromSeconds(0.5),
        };
        using var journal = AskingJournal.Open(_folder.At("journal.db"));
        var order = Order(Prompts(80)) with { Smoke = 0, Concurrency = 24 };
        var job = new AskingJob(order, wire, journal, Progress(), TimeProvider.System);
        var result = await job.RunAsync(CancellationToken.None);
        Assert.Equal((80, 80, 0, 0), (result.Questions, result.Accepted, result.Rejected, result.Failed));
        Assert.All(job.Items, item => Assert.Equal($"answer to {item.Prompt.Messages[0].Content}", journal.Find(item.Key)!.Answers[0].Text));
        Assert.All(endpoint.Billed.Values, times => Assert.Equal(1, times));
        Assert.True(endpoint.Count > 80, "nothing went wrong");
        Assert.InRange(endpoint.BilledTokens, 1, result.Spent.Tokens);
    }

    [Fact]
    public async Task ASmokeRunThatGoesBadStopsTheRest()
    {
        var teacher = new ScriptedTeacher((request, _) => ScriptedTeacher.Reply(usage: new ChatUsage(1, 1),
            finish: request.Messages[0].Content is "3" or "5" ? FinishReason.Length : FinishReason.Stop));
        var error = await Assert.ThrowsAsync<RunFailedException>(() => RunAsync(Order(Prompts(40)), teacher));
        Assert.Contains("smoke run  14 of the first 16 answers are accepted: 2 × length: cut after 10 tokens (first: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("at least 15, before the other 24 are asked.", error.Message, StringComparison.Ordinal);
        Assert.Equal(16, teacher.Asked);
    }

    [Fact]
    public async Task OneBadAnswerOfSixteenIsBorne()
    {
        var teacher = new ScriptedTeacher((request, _) =>
            ScriptedTeacher.Reply(finish: request.Messages[0].Content is "3" ? FinishReason.Length : FinishReason.Stop));
        var result = await RunAsync(Order(Prompts(40)), teacher);
        Assert.Equal((39, 1, 40), (result.Accepted, result.Rejected, teacher.Asked));
    }

    [Fact]
    public async Task TheWorkStopsWhenTooFewCanStillBeAccepted()
    {
        var teacher = new ScriptedTeacher((request, _) => ScriptedTeacher.Reply(
            finish: int.Parse(request.Messages[0].Content, CultureInfo.InvariantCulture) < 16
                ? FinishReason.Stop : FinishReason.ContentFilter));
        var error = await Assert.ThrowsAsync<RunFailedException>(() => RunAsync(Order(Prompts(100)) with { Concurrency = 1 }, teacher));
        Assert.Contains("16 of 100 answers are accepted, 31 rejected, 0 failed: 31 × content filter: the service withholds the answer (first: p16).", error.Message, StringComparison.Ordinal);
        Assert.Contains("at least 0.7 of all.", error.Message, StringComparison.Ordinal);
        Assert.Equal(16 + 31, teacher.Asked);
    }

    [Fact]
    public async Task AnEndpointThatFallsSilentPausesTheRunAndTheNextGoesOn()
    {
        var teacher = new ScriptedTeacher((_, time) =>
            time > 20 ? throw new ChatTroubleException(ChatTrouble.Unreachable, "gone") : ScriptedTeacher.Reply());
        var retries = new RetryOptions { MostRepeats = 1, FirstPause = TimeSpan.Zero };
        var order = Order(Prompts(200)) with { Concurrency = 1, Retries = retries };
        var error = await Assert.ThrowsAsync<RunPausedException>(() => RunAsync(order, teacher));
        Assert.Contains("has left 16 questions in a row without an answer: 16 × unreachable: gone (first: p20).", error.Message, StringComparison.Ordinal);
        var result = await RunAsync(order, new ScriptedTeacher((_, _) => ScriptedTeacher.Reply()));
        Assert.Equal((200, 0), (result.Accepted, result.Failed));
    }

    /// <summary>The cap stops with what was answered kept; a higher cap finishes, and nothing is asked twice.</summary>
    [Fact]
    public async Task ACapStopsAndAHigherOneGoesOn()
    {
        var teacher = new ScriptedTeacher((_, _) => ScriptedTeacher.Reply(usage: new ChatUsage(5, 5)));
        var order = Order(Prompts(50)) with { Caps = new SpendCaps(Tokens: 300) };
        var error = await Assert.ThrowsAsync<BudgetStoppedException>(() => RunAsync(order, teacher));
        Assert.Contains("of 300 tokens are spent, and the next request may take", error.Message, StringComparison.Ordinal);
        var asked = teacher.Asked;
        Assert.InRange(asked, 1, 30);
        await Assert.ThrowsAsync<BudgetStoppedException>(() => RunAsync(order, teacher));
        Assert.Equal(asked, teacher.Asked); // what is spent stays spent
        var result = await RunAsync(order with { Caps = new SpendCaps(Tokens: 3000) }, teacher);
        Assert.Equal((50, 50, 500L), (result.Accepted, teacher.Asked, result.Spent.Tokens));
    }

    [Fact]
    public async Task EqualQuestionsAreAskedOnceAndSamplesApart()
    {
        var teacher = new ScriptedTeacher((_, time) => ScriptedTeacher.Reply($"{time}"));
        var prompts = new[] { new Prompt("a", [new ChatMessage("user", "same")]), new Prompt("b", [new ChatMessage("user", "same")]) };
        var result = await RunAsync(Order(prompts) with { Samples = 3, Concurrency = 1 }, teacher);
        Assert.Equal((3, 3, 3), (result.Questions, result.Accepted, teacher.Asked));
        var lines = File.ReadAllLines(_folder.At("out/answers.jsonl"));
        Assert.Equal(6, lines.Length);
        Assert.StartsWith("""{"id":"b","sample":2,"messages":[{"role":"user","content":"same"},{"role":"assistant","content":"3"}],"finish_reason":"stop","model":"m"}""", lines[5], StringComparison.Ordinal);
        Assert.Equal(lines[2].Replace("\"a\"", "\"b\"", StringComparison.Ordinal), lines[5]);
    }

    [Fact]
    public async Task ARefusedQuestionIsRejectedAndTheOthersGoOn()
    {
        var teacher = new ScriptedTeacher((request, _) => request.Messages[0].Content == "7"
            ? throw new ChatRefusedException("x", "refuses the question (400): \"too long\".") : ScriptedTeacher.Reply());
        var result = await RunAsync(Order(Prompts(20)), teacher);
        Assert.Equal((19, 1), (result.Accepted, result.Rejected));
        Assert.Equal("""{"id":"p7","sample":0,"state":"rejected","reason":"refused: refuses the question (400): \"too long\".","messages":[{"role":"user","content":"7"}]}""",
            Assert.Single(File.ReadAllLines(_folder.At("out/rejected.jsonl"))));
    }

    [Fact]
    public async Task AWrongKeyStopsEverythingAtOnce()
    {
        var teacher = new ScriptedTeacher((_, _) => throw new RetortException("endpoint", "refuses the key (401)."));
        await Assert.ThrowsAsync<RetortException>(() => RunAsync(Order(Prompts(50)) with { Concurrency = 1 }, teacher));
        Assert.Equal(1, teacher.Asked);
    }

    /// <summary>Nothing new is asked, what is under way may come in, and the next run needs the rest only.</summary>
    [Fact]
    public async Task AStopWaitsForWhatIsPaidFor()
    {
        using var stop = new CancellationTokenSource();
        var teacher = ScriptedTeacher.Slow(async (_, time) =>
        {
            if (time == 10) await stop.CancelAsync();
            await Task.Yield();
            return ScriptedTeacher.Reply(usage: new ChatUsage(1, 1));
        });
        var order = Order(Prompts(50)) with { Smoke = 0, Concurrency = 2 };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(order, teacher, stop.Token));
        Assert.InRange(teacher.Asked, 10, 11);
        var before = teacher.Asked;
        using (var journal = AskingJournal.Open(_folder.At("out/journal.db")))
        {
            var (all, worst) = journal.Spent();
            Assert.Equal((before * 2L, default), (all.Tokens, worst));
        }
        await RunAsync(order, teacher);
        Assert.Equal(50, teacher.Asked);
    }

    [Fact]
    public async Task AStopDoesNotWaitForEver()
    {
        using var stop = new CancellationTokenSource();
        using var wire = new Hanging(stop);
        var order = Order(Prompts(3)) with { Grace = TimeSpan.FromMilliseconds(20) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(order, wire, stop.Token));
        using var journal = AskingJournal.Open(_folder.At("out/journal.db"));
        Assert.Equal(journal.Spent().All, journal.Spent().AtWorst); // nobody knows what became of it
        Assert.NotEqual(default, journal.Spent().AtWorst);
    }

    [Fact]
    public async Task ChoicesAreCheckedAndTheirProbabilitiesKept()
    {
        var yes = new TokenChoice("yes", 1, null, Math.Log(0.75));
        var top = new TokenEntry(yes, [yes, new TokenChoice("no", 2, null, Math.Log(0.25))]);
        var teacher = new ScriptedTeacher((request, _) => new ChatReply("m", [request.Messages[0].Content == "0"
            ? new ChatAnswer("perhaps", Finish: FinishReason.Length) : new ChatAnswer("yes", Finish: FinishReason.Length, Tokens: [top])], null));
        var parameters = new ChatParameters { NewTokens = 1, Choices = new ChoiceConstraint(["yes", "no"]) };
        var order = Order(Prompts(3)) with { Parameters = parameters, MinimumSuccess = 0.5 };
        var result = await RunAsync(order, teacher);
        Assert.Equal((2, 1), (result.Accepted, result.Rejected));
        Assert.Contains("\"choices\":{\"yes\":0.75,\"no\":0.25},\"choices_covered\":1,\"logprobs\":", File.ReadAllLines(_folder.At("out/answers.jsonl"))[0], StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"choice: the answer is none of the choices\"", File.ReadAllText(_folder.At("out/rejected.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoWatchesSeesSpendAndEstimate()
    {
        var teacher = new ScriptedTeacher((_, _) => ScriptedTeacher.Reply(usage: new ChatUsage(500, 500)));
        await RunAsync(Order(Prompts(20)) with { Concurrency = 1, Caps = new SpendCaps(0.5m) }, teacher);
        Assert.Equal(new StageProgress("ask", "teacher", 5, 20, "5 accepted, 0 rejected, 0 failed · $0.005 of $0.50 spent · about $0.02 in all"), _told[4]);
        Assert.Equal(20, _told.Count);
    }

    private static IReadOnlyList<Prompt> Prompts(int count) =>
        [.. Enumerable.Range(0, count).Select(number => new Prompt($"p{number}", [new ChatMessage("user", $"{number}")]))];

    private static AskingOrder Order(IReadOnlyList<Prompt> prompts) => new()
    {
        Prompts = prompts, Parameters = new ChatParameters { NewTokens = 10 }, Price = Price,
        Retries = new RetryOptions { FirstPause = TimeSpan.FromMilliseconds(1) },
    };

    private async Task<AskingResult> RunAsync(AskingOrder order, IChatTeacher wire, CancellationToken stop = default)
    {
        using var folder = AskingFolder.Open(_folder.At("out"));
        var job = new AskingJob(order, wire, folder.Journal, Progress(), TimeProvider.System);
        try
        {
            return await job.RunAsync(stop);
        }
        finally
        {
            folder.Write(job.Items, job.Result, wire.Identity, order.Price);
        }
    }

    private Told Progress() => new(_told);

    public void Dispose() => _folder.Dispose();

    private sealed class Told(List<StageProgress> list) : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
            lock (list) list.Add(value);
        }
    }

    /// <summary>Never answers; the first question is the wish to stop.</summary>
    private sealed class Hanging(CancellationTokenSource stop) : IChatTeacher, IDisposable
    {
        public string Identity => "hanging";

        public async Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation)
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException();
        }

        public void Dispose()
        {
        }
    }
}
