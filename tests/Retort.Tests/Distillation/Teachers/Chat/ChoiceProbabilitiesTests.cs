using System.Text;
using Retort.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class ChoiceProbabilitiesTests
{
    [Fact]
    public void SpellingsOfATextAreAddedUp()
    {
        var read = Read(["positive", "negative"], " positive", (" positive", 0.4), ("Positive", 0.2), ("neg", 0.25), ("the", 0.1))!;
        Assert.Equal(0.6, Math.Exp(read.LogProbabilities[0]), 1e-12);
        Assert.Equal(0.25, Math.Exp(read.LogProbabilities[1]), 1e-12);
        Assert.Equal(0.85, read.Covered, 1e-12);
        Assert.Equal(0.6 / 0.85, read.Normalised()[0], 1e-12);
        Assert.Equal(0, read.Best);
    }

    /// <summary>"p" begins both; the mass is nobody's, and it is not covered.</summary>
    [Fact]
    public void ABeginningOfTwoTextsIsNobodys() =>
        Assert.Equal(0.3, Read(["plus", "prime"], "p", ("p", 0.5), ("plus", 0.3))!.Covered, 1e-12);

    /// <summary>What was said begins two texts: the next token parts them, and shares the mass of the first.</summary>
    [Fact]
    public void TheNextTokenPartsABeginning()
    {
        static TokenEntry Place(params (string Text, double P)[] top) =>
            new(new(top[0].Text, null, null, Math.Log(top[0].P)),
                [.. top.Select(choice => new TokenChoice(choice.Text, null, null, Math.Log(choice.P)))]);
        var read = ChoiceProbabilities.Read(new ChatAnswer("credit limit", Tokens: [Place(("credit", 0.7), ("rewards", 0.2)), Place((" limit", 0.6), (" score", 0.3))]),
            ["credit limit", "credit limit change", "credit score", "rewards"])!;
        double[] wanted = [0.42, 0, 0.21, 0.2];
        Assert.All(wanted.Zip(read.LogProbabilities), pair => Assert.Equal(pair.First, Math.Exp(pair.Second), 1e-12));
        Assert.Equal(0.83, read.Covered, 1e-12);
        Assert.Equal(0.17, read.Bound, 1e-12); // 0.1 of the first token and 0.07 of the second are left for the one that was not listed
    }

    /// <summary>A text that was not listed has at most what the least listed one has, and what is left over.</summary>
    [Theory]
    [InlineData(0.02, 0.02)]
    [InlineData(0.04, 0.01)]
    public void ATextThatIsNotListedIsBounded(double least, double bound)
    {
        var read = Read(["A", "B", "C"], "A", ("A", 0.95), ("B", least))!;
        Assert.True(double.IsNegativeInfinity(read.LogProbabilities[2]));
        Assert.Equal(bound, read.Bound, 1e-12);
        Assert.Equal(1, read.Normalised().Sum(), 1e-12);
        Assert.Equal(bound / (0.95 + least + bound), read.Normalised()[2], 1e-12);
    }

    /// <summary>Sampled at temperature above 0, the chosen token need not be among the likeliest.</summary>
    [Fact]
    public void TheChosenTokenCountsWhereItIsNotListed() =>
        Assert.Equal(0.1, Math.Exp(Read(["A", "B"], "B", ("A", 0.7))!.LogProbabilities[1]), 1e-12);

    [Fact]
    public void BytesSayMoreThanTheText()
    {
        TokenChoice Token(string bytes, double p) => new("", null, Encoding.UTF8.GetBytes(bytes), Math.Log(p));
        var answer = new ChatAnswer("yes", Tokens: [new TokenEntry(Token(" yes", 0.6), [Token(" yes", 0.6), Token(" no", 0.3)])]);
        var read = ChoiceProbabilities.Read(answer, ["yes", "no"])!;
        Assert.Equal((0.6, 0.3), (Math.Round(Math.Exp(read.LogProbabilities[0]), 9), Math.Round(Math.Exp(read.LogProbabilities[1]), 9)));
    }

    [Fact]
    public void WithoutLogProbabilitiesThereIsNothingToRead() => Assert.Null(ChoiceProbabilities.Read(new ChatAnswer("A"), ["A", "B"]));

    private static ChoiceProbabilities? Read(string[] texts, string chosen, params (string Text, double Probability)[] top)
    {
        var choices = top.Select(choice => new TokenChoice(choice.Text, null, null, Math.Log(choice.Probability))).ToList();
        var first = choices.FirstOrDefault(choice => choice.Text == chosen) ?? new TokenChoice(chosen, null, null, Math.Log(0.1));
        return ChoiceProbabilities.Read(new ChatAnswer(chosen, Tokens: [new TokenEntry(first, choices)]), texts);
    }
}
