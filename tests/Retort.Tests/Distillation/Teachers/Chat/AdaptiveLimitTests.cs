using Retort.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class AdaptiveLimitTests
{
    [Fact]
    public async Task ItGrowsByOneARoundAndHalvesOnceAnOverload()
    {
        var limit = new AdaptiveLimit(16);
        Assert.Equal(4, limit.Limit);
        await PassAsync(limit, 5, overloaded: false);
        Assert.Equal(5, limit.Limit);
        var rounds = new List<long>();
        for (var place = 0; place < 5; place++) rounds.Add(await limit.EnterAsync(CancellationToken.None));
        foreach (var round in rounds) limit.Leave(round, answered: false, overloaded: true); // all of one round
        Assert.Equal(2, limit.Limit);
        Assert.Equal(0, limit.Running);
    }

    [Fact]
    public async Task ItStaysBetweenOneAndTheMost()
    {
        var limit = new AdaptiveLimit(6);
        await PassAsync(limit, 100, overloaded: false);
        Assert.Equal(6, limit.Limit);
        await PassAsync(limit, 20, overloaded: true);
        Assert.Equal(1, limit.Limit);
        Assert.Equal(2, new AdaptiveLimit(2).Limit);
    }

    [Fact]
    public async Task WhoWaitsGoesWhenSomebodyLeavesAndWhoGivesUpTakesNoPlace()
    {
        var limit = new AdaptiveLimit(1);
        var first = await limit.EnterAsync(CancellationToken.None);
        using var giveUp = new CancellationTokenSource();
        var (second, third) = (limit.EnterAsync(giveUp.Token), limit.EnterAsync(CancellationToken.None));
        Assert.False(second.IsCompleted || third.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.False(third.IsCompleted);
        limit.Leave(first, answered: true, overloaded: false);
        Assert.Equal(1, limit.Running);
        limit.Leave(await third, answered: true, overloaded: false);
        Assert.Equal(0, limit.Running);
    }

    /// <summary>Over a real endpoint that bears three at once: the limit finds it, and everything is answered.</summary>
    [Fact]
    public async Task AServiceThatBearsThreeAtOnceIsNotAskedMoreForLong()
    {
        var running = 0;
        var overloads = 0;
        var gate = new Lock();
        var teacher = ScriptedTeacher.Slow(async (_, _) =>
        {
            lock (gate)
                if (++running > 3)
                {
                    running--;
                    overloads++;
                    throw new ChatTroubleException(ChatTrouble.Overloaded, "too many", TimeSpan.Zero);
                }
            await Task.Yield();
            lock (gate) running--;
            return ScriptedTeacher.Reply();
        });
        var limit = new AdaptiveLimit(32);
        var paced = new PacedTeacher(teacher, limit, new RequestRate(new RateLimits(null, null), TimeProvider.System), TimeProvider.System);
        var asker = new RetryingTeacher(paced, new RetryOptions { MostRepeats = 1000 }, new Retort.Tensors.Seed(1), TimeProvider.System);
        var questions = Enumerable.Range(0, 200).Select(number => ScriptedTeacher.Question($"{number}"));
        var replies = await Task.WhenAll(questions.Select(question => asker.AskAsync(question, CancellationToken.None)));
        Assert.Equal(200, replies.Length);
        Assert.Equal(200 + overloads, teacher.Asked);
    }

    private static async Task PassAsync(AdaptiveLimit limit, int times, bool overloaded)
    {
        for (var time = 0; time < times; time++)
            limit.Leave(await limit.EnterAsync(CancellationToken.None), !overloaded, overloaded);
    }
}
