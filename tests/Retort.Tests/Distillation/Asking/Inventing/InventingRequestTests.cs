using Retort.Asking.Inventing;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Asking.Inventing;

/// <summary>What is said, and what is taken of a reply; seeds as files have them.</summary>
public sealed class InventingRequestTests
{
    [Theory]
    [InlineData("""["a b", "c"]""", 2)]
    [InlineData("\n```json\n[\"a\"]\n```\n", 1)]
    [InlineData("[]", 0)]
    [InlineData("""{"prompts": ["a"]}""", null)]
    [InlineData("""["a", 3]""", null)]
    [InlineData("""["a", ["b"]]""", null)]
    [InlineData("""["a", "b""", null)]
    [InlineData("Here you are: [\"a\"]", null)]
    [InlineData("1. a\n2. b", null)]
    [InlineData("", null)]
    [InlineData("```", null)]
    public void OnlyAListOfTextsIsTaken(string reply, int? prompts) => Assert.Equal(prompts, InventingRequest.Read(reply)?.Count);

    [Fact]
    public void ARequestShowsItsExamplesAndItsTopic()
    {
        var text = InventingRequest.Text(["Say \"hi\"", "Zähle"], 8, "ships");
        Assert.Contains("Say \\\"hi\\\"", text, StringComparison.Ordinal);
        Assert.Contains("Zähle", text, StringComparison.Ordinal);
        Assert.Contains("have to do with: ships.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("have to do with", InventingRequest.Text(["a"], 8, null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"prompt": " a b "}""", "a b")]
    [InlineData("""{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "a b"}, {"role": "assistant", "content": "c"}]}""", "a b")]
    [InlineData("""{"instruction": "a", "input": "b", "output": "c"}""", "a\n\nb")]
    [InlineData("""{"instruction": "a", "input": ""}""", "a")]
    [InlineData("""{"id": "seed_task_0", "instruction": "a", "instances": [{"input": "b", "output": "c"}], "is_classification": false}""", "a\n\nb")]
    public void Seeds(string line, string seed)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal([seed], InventingFiles.Seeds(folder.With("seeds.jsonl", line + "\n" + line + "\n"))); // equal ones once
    }

    [Fact]
    public void WhatIsNoSeedIsNamedByLine()
    {
        using var folder = new TemporaryFolder();
        var path = folder.With("seeds.jsonl", "{\"prompt\": \"a\"}\n{\"text\": \"b\"}\n");
        Assert.StartsWith(path + ":2  this is no prompt.", Assert.Throws<RetortException>(() => InventingFiles.Seeds(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSeedTasksOfSelfInstruct()
    {
        if (RealData.Folder() is not { } data) Assert.Skip("the seed tasks of Self-Instruct are not here: set RETORT_DATA to the folder that holds llm/alpaca_seed_tasks.jsonl.");
        else Assert.Equal(175, InventingFiles.Seeds(Path.Combine(data, "llm/alpaca_seed_tasks.jsonl")).Count);
    }
}
