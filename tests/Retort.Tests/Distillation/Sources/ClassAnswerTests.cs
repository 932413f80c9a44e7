using Retort.Sources;
using Retort.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

public sealed class ClassAnswerTests
{
    private static readonly string[] Names = ["transfer", "translate", "weather", "taxes"];

    /// <summary>Listed classes keep their share, others get the bound, and what went to other words is dropped.</summary>
    [Fact]
    public void ProbabilitiesAmongTheClasses()
    {
        var logits = ClassAnswer.Read(Said("weather", [("weather", 0.6), ("transfer", 0.2), ("the", 0.1)]), Names)!;
        var bound = 0.05; // half of the 0.1 that is left; the least listed has 0.1
        var sum = 0.6 + 0.2 + 2 * bound;
        double[] wanted = [0.2 / sum, bound / sum, 0.6 / sum, bound / sum];
        Assert.All(wanted.Zip(logits), pair => Assert.Equal(pair.First, Math.Exp(pair.Second), 1e-6));
    }

    /// <summary>"trans" begins two classes: the next token says which, and its alternatives are its neighbours'.</summary>
    [Fact]
    public void ABeginningOfTwoIsPartedByTheNextToken()
    {
        var logits = ClassAnswer.Read(Said("translate", [("trans", 0.8), ("weather", 0.1), ("tax", 0.1)], [("late", 0.75), ("fer", 0.25)]), Names)!;
        double[] wanted = [0.2, 0.6, 0.1, 0.1];
        Assert.All(wanted.Zip(logits), pair => Assert.Equal(pair.First, Math.Exp(pair.Second), 1e-6));
    }

    [Fact]
    public void WithoutProbabilitiesTheClassAlone()
    {
        var logits = ClassAnswer.Read(new ChatAnswer(" \"Taxes\". "), Names)!;
        Assert.Equal([ClassAnswer.Impossible, ClassAnswer.Impossible, ClassAnswer.Impossible, 0], logits);
    }

    /// <summary>Nothing is minus infinity, also where a teacher is so sure that nothing is left.</summary>
    [Fact]
    public void ASureTeacherStaysFinite() =>
        Assert.All(ClassAnswer.Read(Said("weather", [("weather", 1)]), Names)!, logit => Assert.True(float.IsFinite(logit)));

    /// <summary>Little of the probability is on classes: shares of it say nothing. The word alone counts, where it is a class.</summary>
    [Fact]
    public void WhatIsMostlyAboutSomethingElseIsNoAnswer()
    {
        Assert.Null(ClassAnswer.Read(Said("Well", [("Well", 0.9), ("weather", 0.05)]), Names));
        Assert.Equal(0, ClassAnswer.Read(Said("weather", [("Well", 0.9), ("weather", 0.05)]), Names)![2]);
        Assert.Null(ClassAnswer.Read(new ChatAnswer("none of them"), Names));
    }

    private static ChatAnswer Said(string text, params (string Text, double Probability)[][] places) => new(text, Tokens:
    [.. places.Select(place =>
    {
        var top = place.Select(choice => new TokenChoice(choice.Text, null, null, Math.Log(choice.Probability))).ToList();
        return new TokenEntry(top.FirstOrDefault(choice => text.StartsWith(choice.Text, StringComparison.Ordinal)) ?? top[0], top);
    })]);
}
