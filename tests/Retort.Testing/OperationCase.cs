using Retort.Tensors;
using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Testing;

/// <summary>One input: real numbers that gradients flow to, real numbers that they do not, or integers.</summary>
public sealed record OperationInput(Shape Shape, double[]? Variable = null, double[]? Constant = null, int[]? Integers = null)
{
    public Tensor On(Step step) =>
        Variable is { } variable ? step.Variable(Shape, variable)
        : Constant is { } constant ? step.Constant(Shape, constant)
        : step.Constant(Shape, Integers!);
}

/// <summary>What an operation gave: its output and the gradient of sum(output · upstream) to each variable.</summary>
public sealed record OperationResult(double[] Output, double[][] Gradients);

/// <summary>An operation with inputs: one entry of the list that every mode of testing runs.</summary>
public sealed record OperationCase(string Name, IReadOnlyList<OperationInput> Inputs, Func<Step, Tensor[], Tensor> Run)
{
    private const int PoisonCount = 100_000;
    private static readonly Seed Seed = new(77);

    /// <summary>A part of it is a constant of the step, by definition: the gradient is not that of the value.</summary>
    public bool Detaches { get; init; }

    public override string ToString() => Name;

    /// <summary>Forward and backward on a device whose memory holds NaN wherever nothing was written yet.</summary>
    public OperationResult On(Device device)
    {
        using var step = new Step(device, Name);
        step.Begin(training: true, Seed);
        device.Kernels.Fill(step.Allocate(new Shape(PoisonCount)).Storage, double.NaN);
        step.Begin(training: true, Seed);
        Tensor[] inputs = [.. Inputs.Select(input => input.On(step))];
        var output = Run(step, inputs);
        var numbers = device.ToDoubles(output);
        step.Backward(output, step.Constant(output.Shape, GradientCheck.Upstream(output.Shape.Count, Seed)));
        var gradients = Inputs.Zip(inputs)
            .Where(pair => pair.First.Variable is not null)
            .Select(pair => device.ToDoubles(step.GradientOf(pair.Second)));
        return new OperationResult(numbers, [.. gradients]);
    }

    /// <summary>Worst relative difference between the tape and central differences.</summary>
    public double GradientError(Device device)
    {
        var variables = Inputs.Where(input => input.Variable is not null)
            .Select(input => (input.Shape, (double[])input.Variable!.Clone()))
            .ToList();
        return GradientCheck.WorstError(device, variables, (step, given) =>
        {
            var next = 0;
            return Run(step, [.. Inputs.Select(input => input.Variable is not null ? given[next++] : input.On(step))]);
        }, Seed);
    }
}
