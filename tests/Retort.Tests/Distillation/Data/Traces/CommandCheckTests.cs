using System.Diagnostics;
using Retort.Data.Traces;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Traces;

/// <summary>A program that the user names tells a right answer; its exit code counts, within bounds.</summary>
public sealed class CommandCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("4", true)]
    [InlineData("<think>2 + 2</think><answer>4</answer>", true)]
    [InlineData("5", false)]
    public void TheAnswerIsItsInput(string answer, bool right)
    {
        var check = Check("read said; test \"$said\" = 4");
        Assert.Equal(right, check.Judge("2+2", "4", answer));
        Assert.Equal(right, check.IsRight("2+2", "4", answer));
        Assert.Empty(check.Ungraded);
    }

    [Fact]
    public void OrAFileBesideThoseOfPromptAndRightAnswer()
    {
        var check = Check("test \"$(cat \"$1\")\" = \"$(cat \"$2\")\" && test \"$(cat \"$3\")\" = '2 + 2; touch x' && test -z \"$(cat)\"",
            "{answer}", "{expected}", "{prompt}");
        Assert.True(check.Judge("2 + 2; touch x", "four $HOME", "four $HOME"));
        Assert.False(check.Judge("2 + 2; touch x", "four", "five"));
    }

    /// <summary>No shell sees the answer.</summary>
    [Fact]
    public void AnAnswerIsNeverRun()
    {
        var mark = _folder.At("mark");
        Assert.False(Check("exit 1").Judge("", "", $"$(touch {mark}); touch {mark}"));
        Assert.False(File.Exists(mark));
    }

    [Fact]
    public void AnythingElseIsNotGraded()
    {
        var check = Check("echo 'no such module' >&2; exit 3");
        Assert.Null(check.Judge("", "", "x"));
        Assert.Null(check.Judge("", "", "y"));
        Assert.False(check.IsRight("", "", "x"));
        Assert.Equal("3 × exit code 3: no such module", check.Ungraded);
    }

    [Fact]
    public void WhatTakesTooLongIsEndedWithWhatItBegan()
    {
        var check = Check("sleep 60 & sleep 60", TimeSpan.FromSeconds(0.5));
        var watch = Stopwatch.StartNew();
        Assert.Null(check.Judge("", "", "x"));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.4, 20);
        Assert.Equal("1 × no end within 0.5 s", check.Ungraded);
    }

    [Fact]
    public void MuchOutputNeitherStopsItNorStays()
    {
        var check = Check("head -c 5000000 /dev/zero; head -c 5000000 /dev/zero | tr '\\0' x >&2; exit 4");
        Assert.Null(check.Judge("", "", "x"));
        Assert.InRange(check.Ungraded.Length, 10, 300);
    }

    /// <summary>Keys of the environment are not its business; it works in a folder that is gone afterwards.</summary>
    [Fact]
    public void ItSeesAnEmptyEnvironmentAndAFolderOfItsOwn()
    {
        const string Name = "RETORT_TEST_CANARY_OF_COMMAND_CHECK";
        Environment.SetEnvironmentVariable(Name, "secret");
        try
        {
            var place = _folder.At("place");
            Assert.True(Check($"pwd > {place}; touch litter; test -z \"${Name}\" && test -n \"$PATH\" && test \"$HOME\" = \"$PWD\"").Judge("", "", "x"));
            var folder = File.ReadAllText(place).Trim();
            Assert.NotEqual(Directory.GetCurrentDirectory(), folder);
            Assert.False(Directory.Exists(folder));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Name, null);
        }
    }

    [Fact]
    public void AProgramThatIsNotThereIsOneSentence()
    {
        var error = Assert.Throws<RetortException>(() => new CommandCheck(["no-such-program-of-retort"], _folder.Path, TimeSpan.FromSeconds(1))
            .Judge("", "", "x"));
        Assert.StartsWith("data.command  'no-such-program-of-retort' cannot be started: ", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private CommandCheck Check(string script, params string[] arguments) => Check(script, TimeSpan.FromSeconds(30), arguments);

    /// <summary>The script lies beside the recipe and is named as such.</summary>
    private CommandCheck Check(string script, TimeSpan longest, params string[] arguments)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("the script is one of a shell.");
        _folder.With("check.sh", script + "\n");
        return new CommandCheck(["sh", "check.sh", .. arguments], _folder.Path, longest);
    }
}
