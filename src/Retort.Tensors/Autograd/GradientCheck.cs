using Retort.Tensors.Devices;

namespace Retort.Tensors.Autograd;

/// <summary>Gradients of the tape against central differences: dL/dx ≈ (L(x + h) − L(x − h))/2h with L = sum(output · upstream).</summary>
/// <remarks>Meant for a device that computes in double. With h = 1e-5 a smooth operation agrees to about 1e-9.</remarks>
public static class GradientCheck
{
    /// <param name="device">Where to compute.</param>
    /// <param name="inputs">Shapes and numbers of the variables.</param>
    /// <param name="operation">From the variables to one output of any shape. It may read the step's random numbers.</param>
    /// <param name="seed">Of the step, and of the upstream gradient.</param>
    /// <param name="distance">h.</param>
    /// <returns>The largest difference, relative to the largest gradient of that input (at least 1e-3).</returns>
    public static double WorstError(Device device, IReadOnlyList<(Shape Shape, double[] Values)> inputs,
        Func<Step, Tensor[], Tensor> operation, Seed seed = default, double distance = 1e-5)
    {
        using var step = new Step(device, "gradient check");
        step.Begin(training: true, seed);
        Tensor[] variables = [.. inputs.Select(input => step.Variable(input.Shape, input.Values))];
        var output = operation(step, variables);
        var upstream = Upstream(output.Shape.Count, seed);
        step.Backward(output, step.Constant(output.Shape, upstream));
        double[][] gradients = [.. variables.Select(variable => device.ToDoubles(step.GradientOf(variable)))];

        double Loss()
        {
            step.Begin(training: true, seed);
            var value = operation(step, [.. inputs.Select(input => step.Constant(input.Shape, input.Values))]);
            return device.ToDoubles(value).Zip(upstream, (left, right) => left * right).Sum();
        }

        var worst = 0.0;
        for (var input = 0; input < inputs.Count; input++)
        {
            var values = inputs[input].Values;
            var scale = gradients[input].Select(Math.Abs).Append(1e-3).Max();
            for (var i = 0; i < values.Length; i++)
            {
                var kept = values[i];
                values[i] = kept + distance;
                var above = Loss();
                values[i] = kept - distance;
                var below = Loss();
                values[i] = kept;
                var error = Math.Abs((above - below) / (2 * distance) - gradients[input][i]) / scale;
                worst = error <= worst ? worst : error; // a NaN stays
            }
        }
        return worst;
    }

    /// <summary>Fixed numbers that differ: an upstream of ones would hide a transposed gradient.</summary>
    public static double[] Upstream(long count, Seed seed)
    {
        var numbers = seed.Derive("upstream");
        var values = new double[count];
        for (var i = 0; i < values.Length; i++) values[i] = (float)numbers.Normal((ulong)i);
        return values;
    }
}
