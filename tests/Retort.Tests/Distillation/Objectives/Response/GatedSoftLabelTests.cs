using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class GatedSoftLabelTests
{
    private static readonly double[] Student = [.. Worked.Logits(1, 1, 1), .. Worked.Logits(1, 1, 1)],
        Teacher = [.. Worked.Logits(2, 1, 1), .. Worked.Logits(8, 1, 1)];
    private static readonly double First = OfSoftLabel(2), Second = OfSoftLabel(8);

    /// <summary>The teacher says class 0 twice, first by a half, then by four fifths.</summary>
    [Theory]
    [InlineData("correct", 0.5, 0, 1, true, false)]
    [InlineData("correct", 0.5, 0, 0, true, true)]
    [InlineData("threshold", 0.6, 1, 1, false, true)]
    [InlineData("threshold", 0.9, 0, 0, false, false)]
    public void OpenAndShut(string gate, double least, int first, int second, bool firstOpen, bool secondOpen) =>
        Assert.Equal(((firstOpen ? First : 0) + (secondOpen ? Second : 0)) / 2,
            Worked.Of(new GatedSoftLabel(Worked.T(2), gate, least), Student, Teacher, [first, second]).Loss, 1e-12);

    [Fact]
    public void ByConfidence()
    {
        double Open(params double[] p) => 1 + p.Sum(value => value * Math.Log(value)) / Math.Log(3);
        Assert.Equal((Open(0.5, 0.25, 0.25) * First + Open(0.8, 0.1, 0.1) * Second) / 2,
            Worked.Of(new GatedSoftLabel(Worked.T(2), "confidence"), Student, Teacher, [1, 1]).Loss, 1e-12);
    }

    private static double OfSoftLabel(double weight) =>
        Worked.Of(new SoftLabel(Worked.T(2)), Worked.Logits(1, 1, 1), Worked.Logits(weight, 1, 1), [0]).Loss;
}
