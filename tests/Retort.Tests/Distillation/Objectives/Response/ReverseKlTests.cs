using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class ReverseKlTests
{
    // Row 1: student (1/2, 1/4, 1/4) and teacher (1/4, 1/2, 1/4); row 2: student and teacher (1/4, 1/4, 1/2).
    private static readonly double[] Student = Worked.Logits(2, 1, 1, 1, 1, 2), Teacher = Worked.Logits(1, 2, 1, 1, 1, 2);

    [Fact]
    public void ByHand() => Assert.Equal(Math.Log(2) / 4 / 2, Worked.Of(new ReverseKl(Worked.T(1)), Student, Teacher, [0, 1]).Loss, 1e-12);

    /// <summary>p = (1/2, 1/4, 1/4), q = (1/3, 1/3, 1/3): KL(p ‖ q).</summary>
    [Fact]
    public void TheDirectionCounts() => Assert.Equal(Math.Log(1.5) / 2 + Math.Log(0.75) / 2,
        Worked.Of(new ReverseKl(Worked.T(1)), Worked.Logits(2, 1, 1), [0, 0, 0], [0]).Loss, 1e-12);
}
