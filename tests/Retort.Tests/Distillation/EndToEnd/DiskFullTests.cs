using Retort.Cli;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>
/// A disk that is really full: one sentence, what was finished stays, and with room the run ends as if nothing had happened.
/// </summary>
[Trait("Category", "Kill")]
public sealed class DiskFullTests(UninterruptedRun alone, ITestOutputHelper output) : IClassFixture<UninterruptedRun>
{
    private const long Page = 4096;

    /// <summary>Shares of what the finished run takes, so that the disk fills up in each of the stages.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(0.95)]
    public void AFullDiskIsOneSentenceAndTheRunGoesOn(double share)
    {
        var bytes = Math.Max(2, (long)(share * Pages(alone.Path))) * Page;
        using var folder = new TemporaryFolder();
        string[] arguments = [];
        var disk = SmallDisk.TryRun(bytes, folder, run => arguments = ToyRun.Digits(run, "--resume"), out var whyNot);
        if (disk is null) Assert.Skip(whyNot);

        var run = arguments[3];
        Assert.True(disk.FirstCode == 2, $"exit code {disk.FirstCode}\n{disk.FirstError}");
        Assert.Equal($"{run}  the disk is full.\n  what was finished stays.\n  free some space, then go on with: retort {string.Join(' ', arguments)}\n",
            disk.FirstError);
        Assert.False(File.Exists(folder.At("left/retort-fault.txt")));
        output.WriteLine($"disk: {bytes} bytes of {Pages(alone.Path) * Page}; left behind {Pages(folder.At("left")) * Page}");

        Assert.True(disk.SecondCode == 0, $"exit code {disk.SecondCode}\n{disk.SecondError}");
        ToyRun.AssertSame(alone.Path, folder.At("run"));
    }

    /// <summary>Every write to /dev/full fails as one to a full disk does.</summary>
    [Fact]
    public void AFullDiskUnderTheOutputIsOneSentence()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("standard output was not filled: there is no /dev/full here.");
        using var full = new StreamWriter(new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite,
            bufferSize: 0)) { AutoFlush = true };
        using var error = new StringWriter();
        var code = CommandLine.Invoke(["list", "--json"],
            new Surroundings(full, error, TimeProvider.System, new Library(), TestContext.Current.CancellationToken));
        Assert.Equal("the disk is full.\n  free some space and try again.\n", error.ToString());
        Assert.Equal(2, code);
    }

    private static long Pages(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => (new FileInfo(file).Length + Page - 1) / Page);
}
