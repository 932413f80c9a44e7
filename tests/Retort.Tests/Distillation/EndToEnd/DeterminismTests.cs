using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>The same recipe gives the same bits, whatever the number of threads; another seed gives others.</summary>
[Trait("Category", "Recipe")]
public sealed class DeterminismTests
{
    private const string Student = "student/model.safetensors";

    [Fact]
    public void TheSameRecipeGivesTheSameBits()
    {
        using var folder = new TemporaryFolder();
        ToyRun.Finish(ToyRun.Digits(folder.At("first")));
        ToyRun.Finish(ToyRun.Digits(folder.At("second")));
        ToyRun.AssertSame(folder.At("first"), folder.At("second"));
        ToyRun.Finish(ToyRun.Digits(folder.At("other"), ToyRun.Set("seed=2")));
        Assert.NotEqual(File.ReadAllBytes(folder.At("first/" + Student)), File.ReadAllBytes(folder.At("other/" + Student)));
        Assert.NotEqual(ToyRun.WithoutClocks(folder.At("first")), ToyRun.WithoutClocks(folder.At("other")));
    }

    /// <summary>A ConvNet and an Mlp, dropout, shifts, clipping and a moving average: nothing may depend on who computed it.</summary>
    [Theory]
    [InlineData("adamw")]
    [InlineData("sgd")]
    public void ThreadsDoNotChangeTheBits(string optimizer)
    {
        using var folder = new TemporaryFolder();
        string[] more = ToyRun.Set($"student.training.optimizer={optimizer}", "student.training.emaDecay=0.9", "student.model.dropout=0.1");
        ToyRun.Finish(ToyRun.Digits(folder.At("one"), [.. more, .. ToyRun.Set("threads=1")]));
        ToyRun.Finish(ToyRun.Digits(folder.At("two"), [.. more, .. ToyRun.Set("threads=2")]));
        ToyRun.Finish(ToyRun.Digits(folder.At("three"), [.. more, .. ToyRun.Set("threads=3")]));
        ToyRun.AssertSame(folder.At("one"), folder.At("two"));
        ToyRun.AssertSame(folder.At("one"), folder.At("three"));
    }
}
