using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives;

public sealed class WeightedSumTests
{
    private static readonly double[] Student = [0.3, -1, 2, 1, 0, 0.5], Teacher = [1, 0, -1, 2, 2, 0];
    private static readonly int[] Classes = [0, 1];

    /// <summary>Fused passes, composed objectives, and both together.</summary>
    [Theory]
    [InlineData("hard-label", "soft-label")]
    [InlineData("soft-label", "hard-label")]
    [InlineData("soft-label", "reverse-kl")]
    [InlineData("logit-regression", "jensen-shannon")]
    [InlineData("total-variation", "hard-label")]
    [InlineData("soft-label", "correlation-match")]
    [InlineData("decoupled-knowledge", "standardised-logits")]
    public void ASumIsTheSumOfItsTerms(string first, string second)
    {
        var left = Loss(0, (Named(first), Schedule.Constant(2)));
        var right = Loss(0, (Named(second), Schedule.Constant(0.5)));
        var both = Loss(0, (Named(first), Schedule.Constant(2)), (Named(second), Schedule.Constant(0.5)));
        Assert.Equal(left.Loss + right.Loss, both.Loss, 1e-12);
        for (var i = 0; i < both.Gradient.Length; i++) Assert.Equal(left.Gradient[i] + right.Gradient[i], both.Gradient[i], 1e-12);
        Assert.Equal(2, both.Parts.Count);
        Assert.Equal(both.Loss, 2 * both.Parts.First(part => part.Name == first).Value
            + 0.5 * both.Parts.First(part => part.Name == second).Value, 1e-12);
    }

    [Fact]
    public void WeightAndTemperatureMove()
    {
        var temperature = new Schedule(ScheduleKind.Linear, 8, 2, 10);
        var weight = new Schedule(ScheduleKind.Linear, 1, 0, 10);
        foreach (var (update, t, w) in new[] { (0, 8.0, 1.0), (5, 5, 0.5), (10, 2, 0) })
            Assert.Equal(w * Loss(0, (new SoftLabel(Schedule.Constant(t)), Schedule.Constant(1))).Loss,
                Loss(update, (new SoftLabel(temperature), weight)).Loss, 1e-12);
    }

    /// <summary>Row 1 has no class: the soft term is the mean of both rows, the hard one is of row 0 alone.</summary>
    [Fact]
    public void ARowWithoutAClassCountsForTheTeacherAlone()
    {
        static (double, double[], IReadOnlyList<(string, double)>) Of(int second, Objective objective) =>
            Loss(0, [0, second], (objective, Schedule.Constant(1)));
        var soft = Of(Signals.Unlabelled, new SoftLabel(Schedule.Constant(2)));
        Assert.Equal(Of(1, new SoftLabel(Schedule.Constant(2))).Item1, soft.Item1, 1e-12);
        var hard = Of(Signals.Unlabelled, new HardLabel());
        Assert.Equal(Math.Log(Math.Exp(0.3) + Math.Exp(-1) + Math.Exp(2)) - 0.3, hard.Item1, 1e-12);
        Assert.Equal([0.0, 0, 0], hard.Item2[3..]);
        var both = Loss(0, [0, Signals.Unlabelled], (new SoftLabel(Schedule.Constant(2)), Schedule.Constant(1)),
            (new HardLabel(), Schedule.Constant(1)));
        Assert.Equal(soft.Item1 + hard.Item1, both.Loss, 1e-12);
        for (var i = 0; i < 6; i++) Assert.Equal(soft.Item2[i] + hard.Item2[i], both.Gradient[i], 1e-12);
    }

    private static Objective Named(string name) => name switch
    {
        "hard-label" => new HardLabel(),
        "soft-label" => new SoftLabel(Schedule.Constant(2)),
        "reverse-kl" => new ReverseKl(Schedule.Constant(3)),
        "jensen-shannon" => new JensenShannon(Schedule.Constant(2), 0.3),
        "total-variation" => new TotalVariation(),
        "correlation-match" => new CorrelationMatch(Schedule.Constant(2)),
        "decoupled-knowledge" => new DecoupledKnowledge(Schedule.Constant(2)),
        "standardised-logits" => new StandardisedLogits(Schedule.Constant(2)),
        _ => new LogitRegression(),
    };

    private static (double Loss, double[] Gradient, IReadOnlyList<(string Name, double Value)> Parts) Loss(long update,
        params (Objective Objective, Schedule Weight)[] terms) => Loss(update, Classes, terms);

    private static (double Loss, double[] Gradient, IReadOnlyList<(string Name, double Value)> Parts) Loss(long update, int[] classes,
        params (Objective Objective, Schedule Weight)[] terms)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var logits = step.Variable(new Shape(2, 3), Student);
        var signals = new Signals(logits, classes, TeacherTarget.Logits(step.Constant(new Shape(2, 3), Teacher)));
        var value = new WeightedSum([.. terms.Select(term => new WeightedTerm(term.Objective, term.Weight))]).Loss(step, signals, update);
        var loss = device.ToDoubles(value.Loss)[0];
        step.Backward(value.Loss);
        return (loss, device.ToDoubles(step.GradientOf(logits)), value.Parts);
    }

    /// <summary>Logits that are made from hidden states and a head, beside rows that do not count: as those that are there.</summary>
    [Fact]
    public void RowsThatDoNotCountAreLeftOutOfLogitsThatAreNotMadeYet()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        double[] hidden = [1, -2, 0.5, 3, -1, 1], weight = [0.5, 1, -1, 2, 0.3, -0.7], other = [1, 0, 2, -1, 0.2, 0.4];
        double[] Run(bool made)
        {
            step.Begin(training: true);
            var (x, head, teacher) = (step.Variable(new Shape(3, 2), hidden), step.Constant(new Shape(3, 2), weight),
                step.Constant(new Shape(3, 2), other));
            int[] classes = [0, Signals.Ignored, 2];
            var signals = made
                ? new Signals(step.Linear(x, head), classes,
                    TeacherTarget.Logits(step.Linear(step.Constant(new Shape(3, 2), hidden), teacher)))
                : new Signals(default, classes, null)
                {
                    Head = new StudentHead(step, x, head),
                    TeacherHead = new TeacherHead(step.Constant(new Shape(3, 2), hidden), teacher),
                };
            using var sum = new WeightedSum([new WeightedTerm(new CentredLogits(), Schedule.Constant(0.5)),
                new WeightedTerm(new SoftLabel(Schedule.Constant(2)), Schedule.Constant(1))]);
            var loss = sum.Loss(step, signals, 0).Loss;
            step.Backward(loss);
            return [.. device.ToDoubles(loss), .. device.ToDoubles(step.GradientOf(x))];
        }
        double[] there = Run(made: true), toCome = Run(made: false);
        Assert.True(there[0] > 0.1);
        Assert.Equal(there, toCome, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    /// <summary>
    /// Sanh et al. 2019: 5·soft-label at T = 2 over every token, 2·hard-label over the masked ones, 1·cosine over every token. Two texts of
    /// three places, the last of them padding; two tokens were masked and have a class.
    /// </summary>
    [Fact]
    public void DistilBertsTripleLoss()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        double[] student = [.. Student, .. Teacher, .. Student], teacher = [.. Teacher, .. Student, .. Teacher];
        int[] classes = [Signals.Unlabelled, 2, Signals.Unlabelled, 1, Signals.Unlabelled, Signals.Ignored];
        double[] hidden = [1, 0, 3, 4, 1, 1, 5, 5, 2, 0, 9, 9], hiddenTeacher = [0, 9, 6, 8, -2, -2, 7, 7, 1, 0, -1, 0];
        var (tapped, shape) = (new Shape(2, 3, 2), new Shape(6, 3));
        var cosine = Catalog.Objective("cosine-embedding", "").Create(new ObjectiveContext(
            new ObjectiveRecipe { Name = "cosine-embedding", Features = [new FeaturePair("layer.1", "layer.3")] }, Schedule.Constant(1),
            new ObjectiveSurroundings(1, 3, 2, new Dictionary<string, Shape> { ["layer.1"] = tapped.Without(0) },
                new Dictionary<string, Shape> { ["layer.3"] = tapped.Without(0) })));
        using var sum = new WeightedSum([new WeightedTerm(new SoftLabel(Schedule.Constant(2)), Schedule.Constant(5)),
            new WeightedTerm(new HardLabel(), Schedule.Constant(2)), new WeightedTerm(cosine, Schedule.Constant(1))]);
        sum.Build(device, new Seed(1));
        var value = sum.Loss(step, new Signals(step.Variable(shape, student), classes, TeacherTarget.Logits(step.Constant(shape, teacher)))
        {
            Mask = new[] { 1, 1, 1, 1, 1, 0 },
            Taps = new Dictionary<string, Tensor> { ["layer.1"] = step.Variable(tapped, hidden) },
            Teachers = [new TeacherSignals(step.Constant(shape, teacher), 1,
                new Dictionary<string, Tensor> { ["layer.3"] = step.Constant(tapped, hiddenTeacher) })],
        }, 0);
        var parts = value.Parts.ToDictionary(part => part.Name, part => part.Value);
        Assert.Equal((1 + 0 + 2 + 0 + 0) / 5.0, parts["cosine-embedding"], 1e-12);
        Assert.Equal(Worked.Of(new SoftLabel(Worked.T(2)), student[..15], teacher[..15], [0, 0, 0, 0, 0]).Loss, parts["soft-label"], 1e-12);
        Assert.Equal(Worked.Of(new HardLabel(), [.. student[3..6], .. student[9..12]], [.. teacher[..6]], [2, 1]).Loss,
            parts["hard-label"], 1e-12);
        Assert.Equal(5 * parts["soft-label"] + 2 * parts["hard-label"] + parts["cosine-embedding"], device.ToDoubles(value.Loss)[0], 1e-12);
    }
}
