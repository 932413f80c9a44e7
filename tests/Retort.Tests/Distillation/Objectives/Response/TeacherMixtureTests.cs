using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class TeacherMixtureTests
{
    private static readonly double[] Student = [0.3, -1, 2], Sure = Worked.Logits(100, 1, 1), Unsure = Worked.Logits(1, 2, 1);

    /// <summary>Each is softened before they are averaged: √100 : 1 : 1 and 1 : √2 : 1 at T = 2.</summary>
    [Fact]
    public void Probabilities()
    {
        var root = Math.Sqrt(2);
        double[] mean =
            [.. Enumerable.Range(0, 3).Select(c => Math.Log(0.75 * (c == 0 ? 10 : 1) / 12 + 0.25 * (c == 1 ? root : 1) / (2 + root)))];
        var expected = Worked.Of(new SoftLabel(Worked.T(1)), [.. Student.Select(z => z / 2)], mean, [0]).Loss * 4;
        Assert.Equal(expected, Panel.Of(new TeacherMixture(Worked.T(2)), Student, [0], (Sure, 0.75), (Unsure, 0.25)).Loss, 1e-12);
    }

    [Fact]
    public void Logits()
    {
        double[] mean = [.. Sure.Zip(Unsure, (a, b) => 0.75 * a + 0.25 * b)];
        Assert.Equal(Worked.Of(new SoftLabel(Worked.T(2)), Student, mean, [0]).Loss,
            Panel.Of(new TeacherMixture(Worked.T(2), logits: true), Student, [0], (Sure, 0.75), (Unsure, 0.25)).Loss, 1e-12);
    }

    [Fact]
    public void OneTeacherIsASoftLabel() => Assert.Equal(Worked.Of(new SoftLabel(Worked.T(4)), Student, Sure, [0]).Loss,
        Panel.Of(new TeacherMixture(Worked.T(4)), Student, [0], (Sure, 1)).Loss, 1e-12);
}
