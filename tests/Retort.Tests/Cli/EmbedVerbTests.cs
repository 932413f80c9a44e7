using System.Text.Json;
using Retort.Checkpoints;
using Retort.Cli;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

public sealed class EmbedVerbTests : IDisposable
{
    private const string Texts = "where is the cat\n\nwhen does the train leave\nwhere is the cat\n";
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void OneLineForEachText()
    {
        var folder = SentenceModelTests.Written(_folder.Path);
        var terminal = Run(Texts, "embed", folder, "--json");
        Assert.Equal((0, ""), (terminal.Code, terminal.Error));
        List<JsonElement> rows = [.. terminal.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([1, 3, 4], rows.Select(row => row.GetProperty("line").GetInt32()));
        Assert.Equal("when does the train leave", rows[1].GetProperty("text").GetString());
        using var device = new CpuDevice(1);
        using var model = SentenceModel.Open(folder, device);
        Assert.Equal(model.Embed(model.Tokens("when does the train leave", "")),
            rows[1].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()));
    }

    /// <summary>The two that are equal stand first.</summary>
    [Fact]
    public void TheNearestPairsAreShown()
    {
        var terminal = Run(Texts, "embed", SentenceModelTests.Written(_folder.Path), "--pairs", "2");
        Assert.Equal(0, terminal.Code);
        Assert.StartsWith("3 texts, vectors of 5 numbers\n", terminal.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?s)1\.0000\s+1: where is the cat\s+4: where is the cat.*0\.\d{4}\s+1: where is the cat\s+3: when does the train leave", terminal.Output);
        Assert.DoesNotMatch(@"3: when does the train leave\s+4: where is the cat", terminal.Output);
        Assert.StartsWith("1 texts", Run("where\n", "embed", _folder.Path).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("has no text", "\n \n")]
    [InlineData("line 2  has 63 tokens", "where\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", "--json")]
    [InlineData("0 pairs", "where\n", "--pairs", "0")]
    public void BadInputIsOneSentence(string sentence, string input, params string[] more)
    {
        var terminal = Run(input, ["embed", SentenceModelTests.Written(_folder.Path), .. more]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("embedding", terminal.Output, StringComparison.Ordinal);
    }

    /// <summary>The beginning and the last token are left: what stands between does not count.</summary>
    [Fact]
    public void WhatIsTooLongIsCutWhereItMayBe()
    {
        var folder = SentenceModelTests.Written(_folder.Path);
        string[] Vectors(string first, string second) => [.. Run($"{first}\n{second}\n", "embed", folder, "--json", "--cut").Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[line.IndexOf('[', StringComparison.Ordinal)..])];
        var (start, end) = (new string('x', 50), new string('z', 9));
        var vectors = Vectors(start + end, start + "yyy" + end);
        Assert.Equal(vectors[0], vectors[1]);
        Assert.NotEqual(vectors[0], Vectors("y" + start, "where")[0]);
        Assert.Contains("1 of 2 texts fill the 40 positions, or were cut.", Run($"{start}\nwhere\n", "embed", folder, "--cut").Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AModelThatIsNotThere() =>
        Assert.Contains("there is no such folder", Run("where\n", "embed", "nowhere").Error, StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private static Terminal Run(string input, params string[] args)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new();
        var code = CommandLine.Invoke(args, new Surroundings(output, error, TimeProvider.System, new ScriptedLibrary(), default)
        {
            Input = new StringReader(input),
        });
        return new Terminal(code, output.ToString(), error.ToString());
    }
}
