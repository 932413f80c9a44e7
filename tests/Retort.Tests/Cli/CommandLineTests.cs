using Xunit;

namespace Retort.Tests.Cli;

public sealed class CommandLineTests
{
    private static readonly string[] Verbs =
        ["run", "label", "train", "eval", "export", "list", "copy", "check", "plan", "doctor", "convert", "bench", "generate", "chat",
            "serve", "embed", "merge", "judge", "verdict", "curate", "grade", "ask", "pairs",
            "invent"];

    [Fact]
    public void AnUnknownVerbIsBadInputAndTheVerbsAreNamed()
    {
        var terminal = Terminal.Run("proxy");
        Assert.Equal(2, terminal.Code);
        Assert.Equal("retort: 'proxy' is not a verb of this version.\n  it has: run, label, train, eval, export, list, copy, check, plan, doctor, tune, compare, convert, bench, generate, chat, serve, embed, merge, judge, verdict, curate, grade, ask, pairs, invent.\n"
            + "  retort --help says what each of them does.\n", terminal.Error);
        Assert.Empty(terminal.Output);
    }

    [Theory]
    [InlineData("run", "--frobnicate")]
    [InlineData("run", "toy", "extra")]
    [InlineData("run", "toy", "--set")]
    [InlineData("run", "toy", "--out")]
    [InlineData("copy")]
    [InlineData("check")]
    [InlineData("--frobnicate")]
    public void AWrongCommandLineIsBadInput(params string[] args)
    {
        var terminal = Terminal.Run(args);
        Assert.Equal(2, terminal.Code);
        Assert.Contains("--help shows what it takes, with examples.", terminal.Error, StringComparison.Ordinal);
        Assert.Empty(terminal.Output);
    }

    [Fact]
    public void NoVerbShowsTheHelpOnStderr()
    {
        var terminal = Terminal.Run();
        Assert.Equal(2, terminal.Code);
        Assert.Contains("Start here:", terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TheHelpOfEveryVerbTeaches()
    {
        foreach (var verb in Verbs)
        {
            var terminal = Terminal.Run(verb, "--help");
            Assert.Equal(0, terminal.Code);
            Assert.Contains($"retort {verb}", terminal.Output, StringComparison.Ordinal);
            Assert.Contains("Examples:", terminal.Output, StringComparison.Ordinal);
            Assert.Matches("leaves? (behind|nothing behind)|left behind|leaves nothing", terminal.Output);
            Assert.Contains("130  Ctrl-C", terminal.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheOverviewNamesEveryVerb()
    {
        var terminal = Terminal.Run("--help");
        Assert.Equal(0, terminal.Code);
        Assert.All(Verbs, verb => Assert.Matches($@"(?m)^  {verb}\b", terminal.Output));
    }

    [Fact]
    public void TheVersionIsANumber() => Assert.Matches(@"^\d+\.\d+\.\d+", Terminal.Run("--version").Output);
}
