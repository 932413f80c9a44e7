using Retort.Recipes;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class WatchdogTests
{
    private static readonly (string Name, double Value)[] Sound =
        [("answer_length", 12), ("repetition", 0.1), ("outside_mass", 0.2), ("entropy/teacher", 1.0), ("entropy/student", 0.7)];

    private readonly List<string> _warnings = [];

    private Watchdog Dog(WatchdogRecipe? recipe = null) =>
        new(recipe ?? new WatchdogRecipe { Patience = 3, After = 0.2 }, 100, usualLength: 10, _warnings.Add);

    private static (string, double)[] With(string name, double value) =>
        [.. Sound.Select(number => number.Name == name ? (name, value) : number)];

    [Theory]
    [InlineData("answer_length", 41, "an answer has 41.0 tokens (answerLength allows 40.0)")]
    [InlineData("repetition", 0.61, "0.61 of an answer stood in it before (repetition allows 0.6)")]
    [InlineData("outside_mass", 0.71, "0.71 of its probability is on tokens that the teacher would not say (outsideMass allows 0.7)")]
    [InlineData("entropy/teacher", 2.3, "its entropy is 1.60 nats below the teacher's (entropyFall allows 1.5)")]
    public void EachThresholdWarnsAndThenStops(string name, double value, string reason)
    {
        var dog = Dog();
        dog.Judge(20, With(name, value));
        Assert.False(dog.Sound);
        Assert.Null(dog.Collapse);
        Assert.Equal([$"update 20: {reason}. If this goes on for 3 looks, the run is stopped."], _warnings);
        dog.Judge(21, With(name, value));
        dog.Judge(22, With(name, value));
        Assert.Single(_warnings);
        Assert.Equal($"the student collapses; for 3 looks one after the other, the last: {reason}", dog.Collapse);
        var asleep =
            Dog(new WatchdogRecipe { AnswerLength = 0, Repetition = 0, EntropyFall = 0, OutsideMass = 0, After = 0, Patience = 1 });
        asleep.Judge(20, With(name, value));
        Assert.True(asleep.Sound);
    }

    [Fact]
    public void WhoRecoversIsNotStopped()
    {
        var dog = Dog();
        for (var update = 20; update < 40; update++)
            dog.Judge(update, update % 3 == 0 ? Sound : With("repetition", 1));
        Assert.Null(dog.Collapse);
        Assert.Equal(7, _warnings.Count);
    }

    [Fact]
    public void AtFirstItDoesNotLook()
    {
        var dog = Dog();
        dog.Judge(19, With("repetition", 1));
        Assert.True(dog.Sound);
    }

    /// <summary>A resumed run has the warnings of the one before.</summary>
    [Fact]
    public void WarningsAreRemembered()
    {
        var (before, after) = (Dog(), Dog());
        before.Judge(20, With("repetition", 1));
        before.Judge(21, Sound);
        string[] said = [.. _warnings];
        _warnings.Clear();
        after.Recall(before.Remembered());
        Assert.Equal(said, _warnings);
        Assert.Equal(before.Remembered(), after.Remembered());
        Assert.True(after.Sound);
    }
}
