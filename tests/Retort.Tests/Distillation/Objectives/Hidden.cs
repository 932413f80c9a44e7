using Retort.Nn.Graphs;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;

namespace Retort.Tests.Distillation.Objectives;

/// <summary>A hidden value: its shape with the batch, and its numbers.</summary>
internal sealed record Value(Shape Shape, params double[] Numbers)
{
    public static Value Of(long[] shape, params double[] numbers) => new(new Shape(shape), numbers);

    public static Value Random(ulong seed, params long[] shape) =>
        new(new Shape(shape),
            [.. Enumerable.Range(0, (int)new Shape(shape).Count).Select(i => (double)(float)new Seed(seed).Normal((ulong)i))]);

    public Shape Example => Shape.Without(0);
}

/// <summary>Feature and relation objectives on a few numbers, in double, built as a recipe builds them.</summary>
internal static class Hidden
{
    public const int Examples = 12;

    public static FeatureObjective Create(string name, Value[] student, Value[] teacher, params Setting[] settings)
    {
        FeaturePair[] pairs = [.. student.Select((_, i) => new FeaturePair($"s{i}", $"t{i}"))];
        var surroundings = new ObjectiveSurroundings(8, 5, Examples, Shapes("s", student), Shapes("t", teacher))
        {
            Graph = Ring((int)student[0].Shape[0]),
        };
        var recipe = new ObjectiveRecipe { Name = name, Features = pairs, Settings = settings };
        return (FeatureObjective)Catalog.Objective(name, "").Create(new ObjectiveContext(recipe, Schedule.Constant(1), surroundings));
    }

    private static NodeGraph Ring(int nodes) =>
        new(nodes, Enumerable.Range(0, nodes).Select(node => (node, (node + 1) % nodes)), new float[nodes]);

    /// <returns>The loss, and its gradients at the student's values.</returns>
    public static (double Loss, double[][] Gradients) Of(string name, Value[] student, Value[] teacher, params Setting[] settings) =>
        Of(Create(name, student, teacher, settings), student, teacher);

    public static (double Loss, double[][] Gradients) Of(string name, Value student, Value teacher, params Setting[] settings) =>
        Of(name, [student], [teacher], settings);

    public static (double Loss, double[][] Gradients) Of(Objective objective, Value[] student, Value[] teacher, long update = 100,
        int[]? mask = null)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        objective.Weights?.Build(device, new Seed(5));
        step.Begin(training: true, new Seed(6));
        Tensor[] values = [.. student.Select(value => step.Variable(value.Shape, value.Numbers))];
        var loss = objective.Loss(step, SignalsOf(step, values, teacher, mask), update);
        var number = device.ToDoubles(loss)[0];
        step.Backward(loss);
        var gradients = values.Select(value => device.ToDoubles(step.GradientOf(value))).ToArray();
        foreach (var parameter in objective.Weights?.Parameters
            ?? []) Xunit.Assert.True(step.Reached(parameter.Value), $"no gradient for {parameter.Name}");
        objective.Weights?.Dispose();
        return (number, gradients);
    }

    public static Signals SignalsOf(Step step, Tensor[] student, Value[] teacher, int[]? mask = null)
    {
        var batch = (int)student[0].Shape[0];
        var logits = step.Constant(new Shape(batch, 5), new double[batch * 5]);
        return new Signals(logits, new int[batch], null)
        {
            Taps = student.Select((value, i) => (value, i)).ToDictionary(pair => $"s{pair.i}", pair => pair.value),
            Teachers = [new TeacherSignals(logits, 1, teacher.Select((value, i) =>
                (value, i)).ToDictionary(pair => $"t{pair.i}", pair => step.Constant(pair.value.Shape, pair.value.Numbers)))],
            Rows = Enumerable.Range(3, batch).ToArray(),
            Mask = mask,
        };
    }

    private static Dictionary<string, Shape> Shapes(string letter, Value[] values) =>
        values.Select((value, i) => (value, i)).ToDictionary(pair => $"{letter}{pair.i}", pair => pair.value.Example);
}
