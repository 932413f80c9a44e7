using Retort.Nn;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>
/// Projected gradient ascent (Madry et al. 2018, PGD): x′ = x + uniform noise, then steps x′ ← clip(x′ + stepSize·sign(∇ loss)), kept
/// within the radius of x on every number, and within the range that the data have. The model is in evaluation mode.
/// </summary>
/// <param name="recipe">Radius, step size, steps.</param>
/// <param name="range">Least and largest number of the data.</param>
/// <param name="device">Where the model computes.</param>
public sealed class Attack(AttackRecipe recipe, (float Least, float Most) range, Device device) : IDisposable
{
    private readonly Step _step = new(device, "attack");
    private float[] _from = [], _slopes = [];

    /// <summary>The range of a data set.</summary>
    public static (float Least, float Most) RangeOf(ReadOnlySpan<float> values)
    {
        var (least, most) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var value in values) (least, most) = (Math.Min(least, value), Math.Max(most, value));
        return (least, most);
    }

    /// <param name="model">Who is attacked.</param>
    /// <param name="examples">[count, …example], moved in place.</param>
    /// <param name="count">Examples.</param>
    /// <param name="loss">What is made large: a scalar from the logits, in the step that is given.</param>
    /// <param name="seed">Of the noise at the start.</param>
    public void Run(Module model, Span<float> examples, int count, Func<Step, Tensor, Tensor> loss, Seed seed)
    {
        if (_from.Length < examples.Length) (_from, _slopes) = (new float[examples.Length], new float[examples.Length]);
        examples.CopyTo(_from);
        var shape = model.BatchShape(count);
        var (radius, size) = ((float)recipe.Radius, (float)recipe.StepSize);
        for (var i = 0; i < examples.Length; i++) examples[i] = Kept(_from[i] + radius * (2 * seed.Uniform((ulong)i) - 1), i);
        for (var number = 0; number < recipe.Steps; number++)
        {
            _step.BeginForInputs(seed.Derive((ulong)number));
            var x = _step.Variable(shape, examples);
            _step.Backward(loss(_step, model.Forward(_step, x)));
            device.Read(_step.GradientOf(x), _slopes.AsSpan(0, examples.Length));
            for (var i = 0; i < examples.Length; i++)
                examples[i] = Kept(examples[i] + size * (_slopes[i] > 0 ? 1 : _slopes[i] < 0 ? -1 : 0), i);
        }
    }

    private float Kept(float value, int place)
    {
        var (low, high) = (_from[place] - (float)recipe.Radius, _from[place] + (float)recipe.Radius);
        return Math.Clamp(Math.Clamp(value, low, high), range.Least, range.Most);
    }

    public void Dispose() => _step.Dispose();
}
