using Retort.Nn.Schedules;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Nn.Schedules;

public sealed class ScheduleTests
{
    [Theory]
    [Trait("Category", "Golden")]
    [InlineData("constant_with_warmup", ScheduleKind.Constant)]
    [InlineData("linear", ScheduleKind.Linear)]
    [InlineData("cosine", ScheduleKind.Cosine)]
    [InlineData("cosine_with_min_lr", ScheduleKind.Cosine)]
    public void RatesOfEveryStep(string name, ScheduleKind kind)
    {
        var path = Fixtures.Path("ops/schedules.json", out var absent);
        if (path is null) Assert.Skip(absent);
        using var document = Fixtures.Read(path);
        var report = new GoldenReport($"ops/schedules.json, {name}");
        var cases = 0;
        foreach (var given in document.RootElement.GetProperty("schedules")
            .EnumerateArray()
            .Where(given => given.GetProperty("name").GetString() == name))
        {
            cases++;
            var rate = given.GetProperty("base_lr").GetDouble();
            var final = given.TryGetProperty("min_lr_rate", out var share) ? rate * share.GetDouble() : 0;
            var schedule = new Schedule(kind, rate, final, given.GetProperty("total").GetInt64(), given.GetProperty("warmup").GetInt64());
            double[] expected = [.. given.GetProperty("lr").EnumerateArray().Select(value => value.GetDouble())];
            report.Compare(name, expected, [.. Enumerable.Range(0, expected.Length).Select(step => schedule.At(step))], 1e-12, 1);
            report.Case();
        }
        TestContext.Current.TestOutputHelper!.WriteLine(report.Line);
        Assert.Equal(1, cases);
        Assert.Empty(report.Failures);
    }

    [Fact]
    public void PastTheEndOnlyCosineMoves()
    {
        Assert.Equal(0.5, new Schedule(ScheduleKind.Linear, 2, 0.5, 10).At(1000));
        Assert.Equal(0.5, new Schedule(ScheduleKind.Step, 2, 0.5, 10).At(1000), 1e-12);
        Assert.Equal(0.5, new Schedule(ScheduleKind.Cosine, 2, 0.5, 10).At(10), 1e-12);
        Assert.Equal(2, new Schedule(ScheduleKind.Cosine, 2, 0.5, 10).At(20), 1e-12);
        Assert.Equal(2, Schedule.Constant(2).At(1000));
    }

    [Fact]
    public void StepsDropGeometrically()
    {
        var schedule = new Schedule(ScheduleKind.Step, 1, 0.01, 9);
        Assert.Equal([1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01], Enumerable.Range(0, 9).Select(step => Math.Round(schedule.At(step), 12)));
    }
}
