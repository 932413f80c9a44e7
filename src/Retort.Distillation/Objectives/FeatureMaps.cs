using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>What feature and relation objectives do with hidden values before they compare them.</summary>
internal static class FeatureMaps
{
    private const double SmallestNorm = 1e-12;

    /// <summary>[B, …] → [B, D]</summary>
    public static Tensor Flat(this Step step, Tensor x) => step.Reshape(x, new Shape(x.Shape[0], x.Shape.CountOf(1, x.Shape.Rank)));

    /// <summary>[B, C, H, W] → [B, C, H·W]</summary>
    public static Tensor FlatMaps(this Step step, Tensor x) =>
        step.Reshape(x, new Shape(x.Shape[0], x.Shape[1], x.Shape.CountOf(2, x.Shape.Rank)));

    /// <summary>x/‖x‖ along a dimension; 0 stays 0.</summary>
    public static Tensor Normalised(this Step step, Tensor x, int dimension)
    {
        var norm = step.Reduce(Reduction.L2Norm, x, dimension, keep: true);
        return step.Divide(x, step.Combine(Binary.Maximum, norm, step.Constant(new Shape(), [SmallestNorm])));
    }

    /// <summary>Two maps of one size: the larger is averaged down to the smaller.</summary>
    public static (Tensor Student, Tensor Teacher) Aligned(this Step step, Tensor student, Tensor teacher)
    {
        var (height, width) = (Math.Min(student.Shape[2], teacher.Shape[2]), Math.Min(student.Shape[3], teacher.Shape[3]));
        return (Averaged(step, student, height, width), Averaged(step, teacher, height, width));
    }

    /// <summary>[B, C, H, W] averaged to [B, C, height, width]; as it is when it has that size.</summary>
    public static Tensor Averaged(this Step step, Tensor x, long height, long width) =>
        x.Shape[2] == height && x.Shape[3] == width ? x : step.AdaptiveAveragePool2d(x, checked((int)height), checked((int)width));

    /// <summary>[B, C, H, W] to another size, each new place the nearest old one: row ⌊i·H/height⌋, as PyTorch's "nearest".</summary>
    public static Tensor Resized(this Step step, Tensor x, long height, long width)
    {
        if (x.Shape[2] != height) x = step.MatMul(Selection(step, x.Shape[2], height), x);
        return x.Shape[3] == width ? x : step.MatMul(x, Selection(step, x.Shape[3], width), transposeB: true);
    }

    /// <summary>1 where x is above 0, else 0; a constant.</summary>
    public static Tensor WherePositive(this Step step, Tensor x) => step.Apply(Unary.Clamp, step.Scale(step.Detach(x), 1e30), 0, 1);

    /// <summary>½x² within 1 of 0 and |x| − ½ beyond, the mean over all elements (Huber's loss).</summary>
    public static Tensor MeanSmoothAbsolute(this Step step, Tensor x)
    {
        var size = step.Apply(Unary.Absolute, x);
        var small = step.Combine(Binary.Minimum, size, step.Constant(new Shape(), [1.0]));
        return step.MeanAll(step.Add(step.Scale(step.Square(small), 0.5), step.Subtract(size, small)));
    }

    /// <summary>[to, from] with a 1 where row i takes place ⌊i·from/to⌋.</summary>
    private static Tensor Selection(Step step, long from, long to)
    {
        var values = new double[to * from];
        for (var i = 0L; i < to; i++) values[i * from + i * from / to] = 1;
        return step.Constant(new Shape(to, from), values);
    }
}
