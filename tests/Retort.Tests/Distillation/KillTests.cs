using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Retort.Runs;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation;

/// <summary>A run that is killed at any moment and gone on with ends as if it had never been.</summary>
public sealed class KillTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly string _root = Directory.CreateTempSubdirectory("retort-kill-").FullName;

    [Fact]
    [Trait("Category", "Kill")]
    public Task Three_kills_change_nothing() => Kills(3, new Seed(11));

    [Fact]
    [Trait("Category", "Long")]
    public Task Twenty_kills_change_nothing() => Kills(20, new Seed(12));

    [Fact]
    [Trait("Category", "Kill")]
    public async Task Ctrl_C_stops_with_130_and_can_be_gone_on_with()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: SIGINT is sent by the kill command, which Windows lacks; run this test on Linux or macOS.");
        var (whole, _) = await Uninterrupted();
        var folder = Path.Combine(_root, "interrupted");
        using (var run = new RetortProcess(folder, false, "label · teacher-0"))
        {
            await run.Interrupt();
            Assert.Equal(130, run.ExitCode);
            Assert.Contains("--resume", run.Text);
        }
        await Finish(folder);
        AssertSame(whole, folder);
    }

    [Fact]
    [Trait("Category", "Recipe")]
    public async Task The_same_recipe_twice_gives_the_same_bits()
    {
        var (first, _) = await Uninterrupted();
        var second = Path.Combine(_root, "second");
        await Finish(second);
        AssertSame(first, second);
        var other = Path.Combine(_root, "other");
        using var run = new RetortProcess(other, false, "", "seed=2");
        Assert.True(await run.Ended(Patience), run.Text);
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(first, "student", "model.safetensors")), File.ReadAllBytes(Path.Combine(other, "student", "model.safetensors")));
    }

    private async Task Kills(int count, Seed seed)
    {
        var (whole, seconds) = await Uninterrupted();
        for (var kill = 0; kill < count; kill++)
        {
            var folder = Path.Combine(_root, $"killed-{kill}");
            var after = seconds * seed.UniformDouble((ulong)kill);
            using (var run = new RetortProcess(folder, false)) await run.Ended(TimeSpan.FromSeconds(after));
            var stage = File.Exists(Path.Combine(folder, "stages.json")) ? File.ReadAllText(Path.Combine(folder, "stages.json")).Trim() : "nothing yet";
            TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"killed after {after:0.00} of {seconds:0.00} s; stages done: {stage}"));
            await Finish(folder);
            AssertSame(whole, folder);
            Directory.Delete(folder, true);
        }
    }

    private async Task<(string Folder, double Seconds)> Uninterrupted()
    {
        var folder = Path.Combine(_root, "whole");
        var started = Stopwatch.GetTimestamp();
        await Finish(folder);
        return (folder, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static async Task Finish(string folder)
    {
        using var run = new RetortProcess(folder, resume: true);
        var ended = await run.Ended(Patience);
        Assert.True(ended && run.ExitCode == 0, run.Text);
    }

    private static void AssertSame(string expected, string actual)
    {
        var files = Bits(expected);
        Assert.Equal(files, Bits(actual));
        Assert.Contains(Path.Combine("student", "model.safetensors"), files);
        foreach (var file in files)
            Assert.True(File.ReadAllBytes(Path.Combine(expected, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(actual, file))), $"{file} differs");
        Assert.Equal(WithoutTimes(expected), WithoutTimes(actual));
        var events = EventLog.Read(Path.Combine(actual, "events.jsonl"));
        foreach (var line in events.GroupBy(line => (line.Stage, line.Name)))
            Assert.True(line.Zip(line.Skip(1)).All(pair => pair.First.Step < pair.Second.Step), $"the steps of {line.Key} do not increase");
        Assert.Equal(EventLog.Read(Path.Combine(expected, "events.jsonl")).Count, events.Count);
    }

    /// <summary>Models, labels and exports; half-written files would show as files that the other run has not.</summary>
    private static List<string> Bits(string folder) => [.. new[] { "student", "baseline", "teacher", "labels", "export" }
        .SelectMany(part => Directory.EnumerateFiles(Path.Combine(folder, part), "*", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)];

    private static string WithoutTimes(string folder)
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "eval.json")))!;
        foreach (var model in new[] { "teacher", "student", "baseline" })
            foreach (var time in new[] { "latencyMs", "examplesPerSecond", "joulesPerThousand" }) root["test"]![model]!.AsObject().Remove(time);
        return root.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    public void Dispose() => Directory.Delete(_root, true);
}
