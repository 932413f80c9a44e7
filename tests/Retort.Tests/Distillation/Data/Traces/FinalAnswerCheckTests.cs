using Retort.Data.Traces;
using Xunit;

namespace Retort.Tests.Distillation.Data.Traces;

/// <summary>Only the final answer counts, by the kind of check.</summary>
public sealed class FinalAnswerCheckTests
{
    [Theory]
    [InlineData("math", "<answer>1/2</answer>", "<think>or 3</think><answer>0.5</answer>", true)]
    [InlineData("math", "1/2", "0.5", true)]
    [InlineData("math", "3", "<think>3", false)]
    [InlineData("math", "3", "there are 3", false)]
    [InlineData("number", "3", "there are 3 hens", true)]
    [InlineData("number", "3", "3 of the 4 hens", false)]
    [InlineData("choice", "(b) wooded area", "(b)", true)]
    [InlineData("choice", "(b) wooded area", "B) wooded  area.", true)]
    [InlineData("choice", "(b) wooded area", "(c) wooded area", false)]
    [InlineData("choice", "entailment", "Entailment.", true)]
    [InlineData("choice", "entailment", "neutral", false)]
    [InlineData("choice", "entailment", "", false)]
    public void Judged(string kind, string expected, string answer, bool right) =>
        Assert.Equal(right, new FinalAnswerCheck(kind).IsRight("", expected, answer));
}
