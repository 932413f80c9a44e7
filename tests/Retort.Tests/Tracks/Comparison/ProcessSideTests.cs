using Retort.Tracks.Comparison;
using Xunit;

namespace Retort.Tests.Tracks.Comparison;

/// <summary>Processes are shell scripts that keep, or do not keep, to the protocol.</summary>
public sealed class ProcessSideTests
{
    [Fact]
    public void ALineIsAnsweredAndTheFirstLineDescribes()
    {
        const string Text = "echo ready script 1, $SETTING; while read name budget; do echo 2.5 2 5 0.25 0.001; done";
        using var side = Script(Text, ("SETTING", "strong"));
        var burst = side.Ask("mlp-step", 0.5);
        Assert.Equal(new Answer(2.5, 2, 5, 0.25, 0.001), burst.Answer);
        Assert.Equal("script 1, strong", side.Description);
        Assert.Equal(0.25, side.Ask("mlp-step", 0.5).Answer.Loss);
    }

    [Fact]
    public void TheNameAndTheBudgetArrive()
    {
        using var side = Script("while read name budget; do echo error $name, $budget; done");
        Assert.Equal("script: mlp-step, 0.5", Assert.Throws<SideException>(() => side.Ask("mlp-step", 0.5)).Message);
    }

    [Fact]
    public void AProcessThatEndsIsASentence()
    {
        using var side = Script("read name budget; exit 3");
        Assert.Contains("ended", Assert.Throws<SideException>(() => side.Ask("mlp-step", 0.5)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AProgramThatIsNotThereIsASentence()
    {
        var refused = Assert.Throws<SideException>(
            () => new ProcessSide("theirs", ["no-such-program-here"], new Dictionary<string, string?>(), TimeProvider.System));
        Assert.Contains("did not start", refused.Message, StringComparison.Ordinal);
    }

    private static ProcessSide Script(string text, params (string Key, string? Value)[] environment)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("the sides of these tests are shell scripts; run them where there is a shell.");
        var variables = environment.ToDictionary(pair => pair.Key, pair => pair.Value);
        return new ProcessSide("script", ["sh", "-c", text], variables, TimeProvider.System);
    }
}
