using System.Text.Json;
using Retort.Checkpoints;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Cli;

/// <summary>retort merge, on random weights.</summary>
public sealed class MergeVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("linear")]
    [InlineData("slerp")]
    [InlineData("ties")]
    public void AModelMergedWithItselfAnswersAsItDid(string method)
    {
        var model = LanguageModelTests.Written(_folder.At("model"));
        string[] more = method == "ties" ? ["--base", model, "--density", "0.5", "--scale", "2"] : [];
        var terminal = Terminal.Run(["merge", model, model, "--method", method, "--weights", "0.5,0.5", "--out", _folder.At("out"),
            "--json", .. more]);
        Assert.Equal((0, ""), (terminal.Code, terminal.Error.Replace($"wrote {_folder.At("out")}: 12 tensors of 2 models, {method}; "
            + $"try: retort generate {_folder.At("out")}", "", StringComparison.Ordinal).Trim()));
        using var json = JsonDocument.Parse(terminal.Output);
        Assert.Equal(12, json.RootElement.GetProperty("tensors").GetInt32());
        using var device = new CpuDevice(1);
        using var one = LanguageModel.Open(model, device);
        using var other = LanguageModel.Open(_folder.At("out"), device);
        Assert.Equal(one.Model.Weights.Parameters.SelectMany(parameter => device.ToFloats(parameter.Value)),
            other.Model.Weights.Parameters.SelectMany(parameter => device.ToFloats(parameter.Value)));
        Assert.True(other.Converses);
    }

    [Theory]
    [InlineData("unknown method 'mean'", "--method", "mean")]
    [InlineData("'x' is no number", "--weights", "x")]
    [InlineData("1 weights for 2 models", "--weights", "1")]
    [InlineData("there is no base", "--method", "ties")]
    [InlineData("would not be read", "--base", "MODEL")]
    [InlineData("there is no such folder", "--method", "ties", "--base", "nowhere")]
    public void BadInputIsOneSentence(string sentence, params string[] more)
    {
        var model = LanguageModelTests.Written(_folder.At("model"));
        var terminal = Terminal.Run(["merge", model, model, "--out", _folder.At("out"),
            .. more.Select(word => word == "MODEL" ? model : word)]);
        Assert.Equal(2, terminal.Code);
        Assert.Contains(sentence, terminal.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("out")));
    }

    /// <summary>A weight below 0 begins like an option, and is none: base − (base − base) is the base.</summary>
    [Fact]
    public void AWeightMayBeBelowZero()
    {
        var model = LanguageModelTests.Written(_folder.At("model"));
        Assert.Equal((0, ""), Done("merge", model, "--method", "task-arithmetic", "--base", model, "--weights", "-0.5", "--out",
            _folder.At("one")));
        Assert.Equal((0, ""), Done("merge", model, model, "--method", "task-arithmetic", "--base", model, "--weights", "-0.5,1", "--out",
            _folder.At("two")));

        static (int, string) Done(params string[] args)
        {
            var terminal = Terminal.Run(args);
            return (terminal.Code, terminal.Error);
        }
    }

    [Fact]
    public void WithoutAFolderToWriteNothingIsDone()
    {
        var terminal = Terminal.Run("merge", _folder.At("a"), _folder.At("b"));
        Assert.Equal(2, terminal.Code);
        Assert.Contains("--out", terminal.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
