using Retort.Asking;
using Retort.Asking.Inventing;
using Retort.Runs;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Retort.Tests.Distillation.Teachers.Chat;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Asking.Inventing;

/// <summary>Rounds of requests, until there are enough prompts, nothing new, or no money.</summary>
public sealed class InventingJobTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task EnoughAndNoMore()
    {
        var teacher = Teacher(InventingScript.Answer);
        var result = await RunAsync(Order(50), teacher);
        Assert.Equal(50, result.Prompts.Count);
        Assert.Equal(50, result.Prompts.Select(prompt => prompt.Text).Distinct().Count());
        Assert.InRange(teacher.Asked, 7, 12);
        Assert.Equal(teacher.Asked, result.Asking.Questions);
        Assert.Equal(teacher.Asked, result.Asking.Spent.Requests);
    }

    /// <summary>First six seeds and two more in place of new ones; later two new ones are among them.</summary>
    [Fact]
    public async Task ARequestShowsSeedsAndNewPrompts()
    {
        var requests = new List<string>();
        var result = await RunAsync(Order(60), Teacher(request =>
        {
            lock (requests) requests.Add(request);
            return InventingScript.Answer(request);
        }));
        int Seeds(string request) => InventingScript.Seeds.Count(seed => request.Contains(seed, StringComparison.Ordinal));
        int New(string request) => result.Prompts.Count(prompt => request.Contains(prompt.Text, StringComparison.Ordinal));
        Assert.Equal((8, 0), (Seeds(requests[0]), New(requests[0])));
        Assert.Equal((6, 2), (Seeds(requests[^1]), New(requests[^1])));
        Assert.Equal(requests.Count, requests.Distinct().Count());
    }

    [Fact]
    public async Task TopicsTakeTurns()
    {
        var result = await RunAsync(Order(30) with { Topics = ["bills", "plants", "ships"] }, Teacher(InventingScript.Answer));
        Assert.Equal([("bills", 10), ("plants", 10), ("ships", 10)], result.Coverage);
        Assert.All(result.Prompts, prompt => Assert.Contains(prompt.Topic, (string[])["bills", "plants", "ships"]));
    }

    /// <summary>The same folder, the same order: what was paid for is not asked again, and a larger count goes on from there.</summary>
    [Fact]
    public async Task GoingOnPaysForNothingTwice()
    {
        var first = await RunAsync(Order(20), Teacher(InventingScript.Answer));
        var nobody = Teacher(_ => throw new InvalidOperationException("asked again"));
        Assert.Equal(first.Prompts, (await RunAsync(Order(20), nobody)).Prompts);
        Assert.Equal(0, nobody.Asked);
        var more = await RunAsync(Order(40), Teacher(InventingScript.Answer));
        Assert.Equal(first.Prompts, more.Prompts.Take(20));
        var error = await Assert.ThrowsAsync<RetortException>(() => RunAsync(Order(20) with { PerRequest = 5 }, nobody));
        Assert.Contains("belongs to another order", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACapPausesAndMoreMoneyGoesOn()
    {
        var capped = Order(60);
        capped = capped with { Asking = capped.Asking with { Caps = new SpendCaps(Requests: 5) } };
        await Assert.ThrowsAnyAsync<RunPausedException>(() => RunAsync(capped, Teacher(InventingScript.Answer)));
        var teacher = Teacher(InventingScript.Answer);
        var result = await RunAsync(Order(60), teacher);
        Assert.Equal(60, result.Prompts.Count);
        Assert.Equal(result.Asking.Spent.Requests, 5 + teacher.Asked);
    }

    [Fact]
    public async Task AModelThatRepeatsItselfIsNotPaidForEver()
    {
        var teacher = Teacher(_ => InventingScript.List("always the same", 8));
        var error = await Assert.ThrowsAsync<RunFailedException>(() => RunAsync(Order(100), teacher));
        Assert.Contains("5 rounds in a row brought nothing new: there are 8 of 100.", error.Message, StringComparison.Ordinal);
        Assert.InRange(teacher.Asked, 6, 100);
    }

    [Fact]
    public async Task AModelThatKnowsNoFormIsFoundOutAtOnce()
    {
        var teacher = Teacher(_ => "1. Write a poem");
        var error = await Assert.ThrowsAsync<RunFailedException>(() => RunAsync(Order(100), teacher));
        Assert.Contains("none of the first 4 replies is a JSON list of texts.", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, teacher.Asked);
    }

    [Fact]
    public async Task TooFewSeedsAreRefused() => Assert.Contains("there are 3 of them.", (await Assert.ThrowsAsync<RetortException>(() =>
        RunAsync(Order(10) with { Seeds = InventingScript.Seeds.Take(3).ToList() }, Teacher(InventingScript.Answer)))).Message,
        StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private static InventingOrder Order(int count) => PromptPoolTests.Order with
    {
        Seeds = InventingScript.Seeds, Count = count, SeedExamples = 6,
        Asking = PromptPoolTests.Order.Asking with { Concurrency = 4 },
    };

    private static ScriptedTeacher Teacher(Func<string, string> answer) =>
        new((request, _) => ScriptedTeacher.Reply(answer(request.Messages[0].Content), new ChatUsage(10, 20)));

    private async Task<InventingResult> RunAsync(InventingOrder order, ScriptedTeacher teacher)
    {
        using var kept = AskingFolder.Open(_folder.At("out"));
        var job = new InventingJob(order, teacher, kept, new Progress<StageProgress>(), TimeProvider.System);
        return await job.RunAsync(CancellationToken.None);
    }
}
