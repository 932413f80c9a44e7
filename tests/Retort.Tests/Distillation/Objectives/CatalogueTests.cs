using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives;

/// <summary>What holds for every response objective of the catalogue, built as a recipe builds it.</summary>
public sealed class CatalogueTests
{
    private static readonly double[] Student = Numbers(1, 3), Teacher = Numbers(2, 3);
    private static readonly int[] Classes = [0, 4, 2];

    public static TheoryData<string> Names => [.. Dense().Select(entry => entry.Name)];

    /// <summary>
    /// Temperatures, weights and teachers that follow the student are constants of a step: their own tests look at the gradient.
    /// </summary>
    public static TheoryData<string> Smooth =>
        [.. Dense().Select(entry => entry.Name).Except(["focal-temperature", "confidence-temperature", "adaptive-kl",
            "interpolated-teacher"])];

    /// <summary>Those that measure a distance from the teacher's own answer.</summary>
    public static TheoryData<string> Distances =>
        [.. Dense().Where(entry => entry.Needs is Needs.DenseLogits or ObjectiveEntry.AnyLogits).Select(entry => entry.Name)
            .Except(["corrected-teacher", "equal-entropy-smoothing", "permuted-knowledge", "confidence-weighted", "annealed-logits",
                "logit-discriminator"])];

    /// <summary>Those that are a mean over examples of what each example says.</summary>
    public static TheoryData<string> ByExample =>
        [.. Dense().Select(entry => entry.Name).Except(["correlation-match", "permuted-knowledge"])];

    [Theory]
    [MemberData(nameof(Smooth))]
    public void TheGradientIsThatOfTheValue(string name)
    {
        using var device = new ReferenceDevice();
        var objective = Create(name);
        objective.Weights?.Build(device, new Seed(5));
        var error = GradientCheck.WorstError(device, [(new Shape(3, 5), Student)], (step, x) =>
            LossOf(step, objective, x[0], Teacher, Classes), new Seed(7));
        objective.Weights?.Dispose();
        Assert.True(error < 1e-6, $"{name}: {error}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ExtremeLogitsStayFinite(string name)
    {
        foreach (var device in new Device[] { new ReferenceDevice(), new CpuDevice(1) })
            using (device)
            using (var step = new Step(device))
            {
                var objective = Create(name);
                objective.Weights?.Build(device, new Seed(5));
                step.Begin(training: true);
                var logits = step.Variable(new Shape(3, 5), [.. Student.Select(value => Math.Sign(value) * 1e4)]);
                var loss = LossOf(step, objective, logits, [.. Teacher.Select(value => Math.Sign(value) * 1e4)], Classes);
                step.Backward(loss);
                Assert.True(double.IsFinite(device.ToDoubles(loss)[0]), $"{name} on {device.Name}");
                Assert.All(device.ToDoubles(step.GradientOf(logits)), value =>
                    Assert.True(double.IsFinite(value), $"{name} on {device.Name}"));
                objective.Weights?.Dispose();
            }
    }

    [Theory]
    [MemberData(nameof(Distances))]
    public void NothingIsLearntFromAnEqual(string name)
    {
        var (loss, gradient) = Worked.Of(Create(name), Teacher, Teacher, Classes);
        // A correlation of columns has 1e-8 added to a product of small norms, as its reference has.
        var tolerance = name == "correlation-match" ? 1e-5 : 1e-7;
        Assert.Equal(0, loss, tolerance);
        Assert.All(gradient, value => Assert.Equal(0, value, tolerance));
        Assert.True(Worked.Of(Create(name), Student, Teacher, Classes).Loss > 1e-3);
    }

    /// <summary>A mean over examples: a sum over classes that are never probable adds nothing, and a batch twice is the batch.</summary>
    [Theory]
    [MemberData(nameof(ByExample))]
    public void ABatchTwiceIsTheBatch(string name)
    {
        var once = Worked.Of(Create(name), Student, Teacher, Classes).Loss;
        Assert.Equal(once, Worked.Of(Create(name), [.. Student, .. Student], [.. Teacher, .. Teacher], [.. Classes, .. Classes]).Loss,
            1e-9 * Math.Abs(once));
    }

    [Theory]
    [InlineData("soft-label")]
    [InlineData("reverse-kl")]
    [InlineData("jensen-shannon")]
    [InlineData("skew-forward-kl")]
    [InlineData("skew-reverse-kl")]
    [InlineData("total-variation")]
    [InlineData("jeffreys")]
    [InlineData("adaptive-kl")]
    [InlineData("sorted-probabilities")]
    [InlineData("decoupled-knowledge")]
    [InlineData("corrected-teacher")]
    [InlineData("confidence-weighted")]
    [InlineData("hard-label")]
    public void ClassesThatAreNeverProbableAddNothing(string name)
    {
        static double[] Widened(double[] rows) => [.. rows.Chunk(5).SelectMany(row => row.Append(-1e5).Append(-1e5))];
        Assert.Equal(Worked.Of(Create(name), Student, Teacher, Classes).Loss,
            Worked.Of(Create(name), Widened(Student), Widened(Teacher), Classes).Loss, 1e-9);
    }

    [Theory]
    [MemberData(nameof(ByExample))]
    public void RowsThatDoNotCountAreNotRead(string name)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        double Loss(double[] student, double[] teacher, int[] classes)
        {
            step.Begin(training: true);
            var shape = new Shape(classes.Length, 5);
            using var sum = new WeightedSum([new WeightedTerm(Create(name), Schedule.Constant(1))]);
            sum.Build(device, new Seed(5));
            return device.ToDoubles(sum.Loss(step,
                new Signals(step.Variable(shape, student), classes, TeacherTarget.Logits(step.Constant(shape, teacher))), 0).Loss)[0];
        }
        Assert.Equal(Loss(Student, Teacher, Classes),
            Loss([.. Student, 1, 2, 3, 4, 5], [.. Teacher, 9, 8, 7, 6, 5], [.. Classes, Signals.Ignored]), 1e-12);
    }

    private static IEnumerable<ObjectiveEntry> Dense() =>
        Catalog.Objectives.Where(entry =>
            entry.Watches is null && !entry.ReadsNumber && (entry.Needs & (Needs.DenseLogits | Needs.HardLabels)) != 0);

    internal static Objective Create(string name, double temperature = 2, int classes = 5, params Setting[] settings) =>
        Catalog.Objective(name, "").Create(new ObjectiveContext(new ObjectiveRecipe { Name = name, Settings = settings },
            Schedule.Constant(temperature),
            new ObjectiveSurroundings(8, classes, 12, new Dictionary<string, Shape>(), new Dictionary<string, Shape>())));

    private static Tensor LossOf(Step step, Objective objective, Tensor logits, double[] teacher, int[] classes) =>
        objective.Loss(step, new Signals(logits, classes, TeacherTarget.Logits(step.Constant(logits.Shape, teacher))), 0);

    private static double[] Numbers(ulong seed, int rows) =>
        [.. Enumerable.Range(0, rows * 5).Select(i => 2 * new Seed(seed).Normal((ulong)i))];
}
