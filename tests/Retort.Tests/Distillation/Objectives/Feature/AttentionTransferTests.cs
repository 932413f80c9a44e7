using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Feature;

public sealed class AttentionTransferTests
{
    // Two places: the student looks at the first, the teacher at the second.
    private static readonly Value Student = Value.Of([1, 1, 1, 2], 3, 0), Teacher = Value.Of([1, 2, 1, 2], 0, 1, 0, 5);

    [Fact]
    public void ByHand() => Assert.Equal(1, Hidden.Of("attention-transfer", Student, Teacher).Loss, 1e-12);

    [Fact]
    public void ThePaperHasTheNorm() =>
        Assert.Equal(Math.Sqrt(2), Hidden.Of("attention-transfer", Student, Teacher, new Setting("form", "paper")).Loss, 1e-12);

    /// <summary>(1, 2) to the power p, of norm 1, against (1, 1).</summary>
    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("4")]
    public void Powers(string power)
    {
        var p = double.Parse(power, System.Globalization.CultureInfo.InvariantCulture);
        var norm = Math.Sqrt(1 + Math.Pow(4, p));
        var expected = (Math.Pow(1 / norm - Math.Sqrt(0.5), 2) + Math.Pow(Math.Pow(2, p) / norm - Math.Sqrt(0.5), 2)) / 2;
        Assert.Equal(expected,
            Hidden.Of("attention-transfer", Value.Of([1, 1, 1, 2], -1, 2), Value.Of([1, 1, 1, 2], 1, -1), new Setting("power", power)).Loss,
            1e-12);
    }
}
