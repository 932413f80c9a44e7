using System.Text.Json.Nodes;
using Retort.Runs;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>The recipe digits at a size of seconds, and what must be the same when it is walked twice.</summary>
internal static class ToyRun
{
    private static readonly string[] Clocks = ["latencyMs", "examplesPerSecond", "tokensPerSecond", "joulesPerThousand"];

    /// <summary>Arguments of a run with a checkpoint every third step.</summary>
    public static string[] Digits(string folder, params string[] more) =>
    [
        "run", "digits", "--out", folder, .. Set("data.train=300", "data.validation=100", "data.test=100",
            "teacher.training.epochs=2", "teacher.training.checkpointSteps=3",
            "student.training.epochs=8", "student.training.checkpointSteps=3", "baseline.learningRates=[0.001]"), .. more,
    ];

    public static string[] Set(params string[] entries) => [.. entries.SelectMany(entry => (string[])["--set", entry])];

    /// <summary>Runs to the end; anything but exit code 0 is a failure with what was printed.</summary>
    public static void Finish(params IReadOnlyList<string> arguments)
    {
        var (code, output, error) = RetortCommand.Run(arguments);
        Assert.True(code == 0, $"exit code {code}\n{error}\n{output}");
    }

    /// <summary>Models and labels byte for byte, eval.json but for its clocks, the log but for its seconds; no leftovers.</summary>
    public static void AssertSame(string expected, string actual)
    {
        foreach (var file in Files(expected)) AssertSameBytes(expected, actual, file);
        Assert.Equal(Files(expected), Files(actual));
        Assert.Equal(WithoutClocks(expected), WithoutClocks(actual));
        Assert.Equal(Lines(expected), Lines(actual));
        Assert.DoesNotContain(Directory.EnumerateFiles(actual, "*", SearchOption.AllDirectories),
            file => file.EndsWith(".tmp", StringComparison.Ordinal) || file.EndsWith(".wip", StringComparison.Ordinal));
        foreach (var steps in EventLog.Read(Path.Combine(actual, "events.jsonl")).GroupBy(line =>
            (line.Stage, line.Name), line => line.Step))
            Assert.True(steps.Zip(steps.Skip(1)).All(pair => pair.First < pair.Second), $"{steps.Key}: steps do not increase");
    }

    public static void AssertSameBytes(string expected, string actual, string file) =>
        Assert.True(File.ReadAllBytes(Path.Combine(expected, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(actual, file))),
            $"{file} differs");

    /// <summary>eval.json without what a clock or a meter said.</summary>
    public static string WithoutClocks(string folder)
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "eval.json")))!;
        Strip(root);
        return root.ToJsonString();
    }

    private static string[] Files(string folder) =>
    [
        .. ((string[])["teacher", "labels", "student", "baseline", "export"])
            .Where(part => Directory.Exists(Path.Combine(folder, part))) // live labels are not stored
            .SelectMany(part => Directory.EnumerateFiles(Path.Combine(folder, part), "*", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Lines(string folder) =>
        EventLog.Read(Path.Combine(folder, "events.jsonl"))
            .Where(line => line.Name != "tokens_per_second" && !line.Name.StartsWith("time/", StringComparison.Ordinal)).Select(line => $"{line.Stage} {line.Name} {line.Step} {line.Value:R}");

    private static void Strip(JsonNode? node)
    {
        if (node is JsonArray items)
            foreach (var item in items) Strip(item);
        if (node is not JsonObject owner) return;
        foreach (var clock in Clocks) owner.Remove(clock);
        foreach (var (_, value) in owner) Strip(value);
    }
}
