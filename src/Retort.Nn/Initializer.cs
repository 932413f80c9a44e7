using Retort.Tensors;

namespace Retort.Nn;

/// <summary>How first values are drawn. Counter-based: the same for any order of declaration.</summary>
public abstract class Initializer
{
    public static Initializer Zeros { get; } = new Constant(0);
    public static Initializer Ones { get; } = new Constant(1);

    /// <summary>Normal with variance 2/fanIn (He et al. 2015), for rectified units.</summary>
    public static Initializer He { get; } = new FanNormal(2, false);

    /// <summary>Normal with variance 2/(fanIn + fanOut) (Glorot and Bengio 2010), for tanh and output layers.</summary>
    public static Initializer Glorot { get; } = new FanNormal(2, true);

    /// <summary>Normal with a given deviation.</summary>
    public static Initializer Normal(double deviation) => new FixedNormal(deviation);

    /// <summary>One number everywhere.</summary>
    public static Initializer Filled(double value) => new Constant((float)value);

    /// <summary>Uniform in (−bound, bound).</summary>
    public static Initializer Uniform(double bound) => new FixedUniform(bound);

    /// <summary>Numbers that are there already.</summary>
    public static Initializer Given(float[] values) => new Copied(values);

    /// <param name="values">Row-major values of a tensor of this shape.</param>
    /// <param name="shape">[outputs, inputs, …window] for weights.</param>
    /// <param name="seed">Stream of this tensor.</param>
    public abstract void Fill(Span<float> values, Shape shape, Seed seed);

    private static void FillNormal(Span<float> values, double deviation, Seed seed)
    {
        for (var i = 0; i < values.Length; i++) values[i] = (float)(deviation * seed.Normal((ulong)i));
    }

    private sealed class Constant(float value) : Initializer
    {
        public override void Fill(Span<float> values, Shape shape, Seed seed) => values.Fill(value);
    }

    private sealed class Copied(float[] given) : Initializer
    {
        public override void Fill(Span<float> values, Shape shape, Seed seed) => given.CopyTo(values);
    }

    private sealed class FixedNormal(double deviation) : Initializer
    {
        public override void Fill(Span<float> values, Shape shape, Seed seed) => FillNormal(values, deviation, seed);
    }

    private sealed class FixedUniform(double bound) : Initializer
    {
        public override void Fill(Span<float> values, Shape shape, Seed seed)
        {
            for (var i = 0; i < values.Length; i++) values[i] = (float)(bound * (2 * seed.UniformDouble((ulong)i) - 1));
        }
    }

    private sealed class FanNormal(double gain, bool countsOutputs) : Initializer
    {
        public override void Fill(Span<float> values, Shape shape, Seed seed)
        {
            var window = shape.CountOf(2, shape.Rank);
            var fan = shape[1] * window + (countsOutputs ? shape[0] * window : 0);
            FillNormal(values, Math.Sqrt(gain / Math.Max(1, fan)), seed);
        }
    }
}
