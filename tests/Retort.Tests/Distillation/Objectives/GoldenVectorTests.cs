using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives;

/// <summary>Each line of <see cref="GoldenVectors"/> by our objectives, on both devices.</summary>
public sealed class GoldenVectorTests
{
    /// <summary>Its mixture is a constant: the sum of two of our losses, the second towards what was mixed before.</summary>
    private const string DetachedMixture = "DistiLLM-2, beta 1, one token each";

    /// <summary>What a peer's head rule gives where one class holds more than the head's mass: pure reverse KL.</summary>
    private const string Trap = "adaptive KL mu .5 (cum < mu: the trap)";

    public static TheoryData<string, bool> Lines
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var name in GoldenVectors.All.Keys)
                foreach (var cpu in new[] { false, true }) data.Add(name, cpu);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void ALine(string name, bool cpu)
    {
        var (value, gradient) = GoldenVectors.All[name];
        var (loss, slopes) = name == DetachedMixture ? Detached(cpu) : Run(name, cpu);
        // the document gives ten digits of the value and eight of the gradient
        Assert.Equal(value, loss, cpu ? 1e-5 : 1e-9);
        for (var i = 0; i < gradient.Length; i++) Assert.Equal(gradient[i], slopes[i], cpu ? 1e-5 : 2e-8);
    }

    [Fact]
    public void EveryLineIsRead() => Assert.Equal(29, GoldenVectors.All.Count);

    [Fact]
    public void AHeadIsNeverEmpty() =>
        Assert.NotEqual(GoldenVectors.All[Trap].Value, Run("adaptive KL mu .5 (minimal cover)", cpu: false).Loss, 1e-3);

    /// <summary>Not in its gradient, which leaves the student's part of the second mixture out.</summary>
    [Fact]
    public void TheSecondDistillmIsTheSumOfTheSkewedInValue() => Assert.Equal(GoldenVectors.All[DetachedMixture].Value,
        Run("skew KL, a .1, m = aT+(1-a)S", cpu: false).Loss + Run("skew reverse KL, a .1, m = (1-a)T+aS", cpu: false).Loss, 1e-9);

    /// <summary>What speculative decoding accepts.</summary>
    [Fact]
    public void AcceptanceIsOneLessTheTotalVariation() => Assert.Equal(0.5584512387866126,
        1 - Run("TVD", cpu: false).Loss, 1e-12);

    /// <summary>Skew KL, and the reverse KL to a teacher who answers with the skew reverse KL's mixture.</summary>
    private static (double Loss, double[] Gradient) Detached(bool cpu)
    {
        double[] mixture = [.. GoldenVectors.TeacherProbabilities.Zip(GoldenVectors.StudentProbabilities,
            (p, q) => Math.Log(0.9 * p + 0.1 * q))];
        var (first, second) = (Run("skew KL, a .1, m = aT+(1-a)S", cpu), Run("reverse KL, T 1", cpu, mixture));
        return (first.Loss + second.Loss, [.. first.Gradient.Zip(second.Gradient, (a, b) => a + b)]);
    }

    private static (double Loss, double[] Gradient) Run(string name, bool cpu, double[]? answers = null)
    {
        using Device device = cpu ? new CpuDevice(1) : new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var shape = new Shape(1, 5);
        var logits = step.Variable(shape, GoldenVectors.Student);
        var kept = name.StartsWith("top-1", StringComparison.Ordinal) ? 1 : name.StartsWith("top-2", StringComparison.Ordinal) ? 2 : 0;
        var teacher = kept == 0 ? TeacherTarget.Logits(step.Constant(shape, answers ?? GoldenVectors.Teacher)) : Likeliest(step, kept);
        var loss = Named(name) is { } objective
            ? objective.Loss(step, new Signals(logits, default, teacher), 0)
            : step.RowLoss(step.Scale(logits, 1), RowLossTerms.SoftOnly(SoftLoss.CrossEntropy, 1), null, teacher).Loss;
        step.Backward(loss);
        return (device.ToDoubles(loss)[0], device.ToDoubles(step.GradientOf(logits)));
    }

    private static TeacherTarget Likeliest(Step step, int kept) => TeacherTarget.TopK(
        step.Constant(new Shape(1, kept), [.. Enumerable.Range(0, kept)]),
        step.Constant(new Shape(1, kept), [.. GoldenVectors.TeacherProbabilities.Take(kept).Select(p => Math.Log(p))]),
        step.Constant(new Shape(1), [1 - GoldenVectors.TeacherProbabilities.Take(kept).Sum()]));

    private static Objective? Named(string name)
    {
        var (one, two) = (Schedule.Constant(1), Schedule.Constant(2));
        return name switch
        {
            "forward KL, T 1" or "top-2 tailBucket, forward KL" => new SoftLabel(one),
            "forward KL, T 2, x T^2" => new SoftLabel(two),
            "soft cross-entropy, T 1" => null,
            "reverse KL, T 1" or "top-2 tailBucket, reverse KL" or Trap => new ReverseKl(one),
            "reverse KL, T 2, x T^2" => new ReverseKl(two),
            "JSD plain (TRL),  teacherWeight 0.1" => new JensenShannon(one, 0.1, scaled: false),
            "JSD normalised,   teacherWeight 0.1" => new JensenShannon(one, 0.1),
            "JSD plain (TRL),  teacherWeight 0.5" or "top-2 tailBucket, JSD plain .5" => new JensenShannon(one, 0.5, scaled: false),
            "JSD normalised,   teacherWeight 0.5" => new JensenShannon(one, 0.5),
            "JSD plain (TRL),  teacherWeight 0.9" => new JensenShannon(one, 0.9, scaled: false),
            "JSD normalised,   teacherWeight 0.9" => new JensenShannon(one, 0.9),
            "skew KL, a .1, m = aT+(1-a)S" or "top-2 tailBucket, skew KL a .1" => new SkewForwardKl(one, 0.1),
            "skew reverse KL, a .1, m = (1-a)T+aS" => new SkewReverseKl(one, 0.9),
            "TVD" => new TotalVariation(),
            "symmetric .5 FKL + .5 RKL" => new Jeffreys(one, 0.5),
            "adaptive KL mu .5 (minimal cover)" => new AdaptiveKl(one, 0.5),
            "TAID t .4" => new InterpolatedTeacher(one, Schedule.Constant(0.4)),
            "top-2 ignore (raw), forward KL" => new SoftLabel(one, TailMode.Ignore),
            "top-2 renormalise (teacher), forward KL" => new SoftLabel(one, TailMode.Renormalise),
            "top-2 renormalise both" or "top-1 renormalise both (== 0)" => new KeptClasses(one),
            "top-2 uniformTail, forward KL" => new SoftLabel(one, TailMode.UniformTail),
            "ULD (sorted L1)" => new SortedProbabilities(one, one),
            _ => throw new InvalidOperationException($"no objective for the line '{name}'."),
        };
    }
}
