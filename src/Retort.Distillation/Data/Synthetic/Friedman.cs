using Retort.Tensors;

namespace Retort.Data.Synthetic;

/// <summary>
/// The first function of Friedman 1991 (Multivariate Adaptive Regression Splines, Annals of Statistics 19): ten inputs, uniform in
/// [0, 1], of which five count: y = 10 sin(π x₁ x₂) + 20 (x₃ − ½)² + 10 x₄ + 5 x₅ + noise of deviation 1, below which no model's error
/// can fall. Row i depends on the seed and i alone.
/// </summary>
public static class Friedman
{
    public const int Inputs = 10;

    /// <param name="seed">Seed of the set.</param>
    /// <param name="index">Which row.</param>
    /// <param name="inputs">[10] receives x.</param>
    /// <returns>y</returns>
    public static double Draw(Seed seed, long index, Span<double> inputs)
    {
        var own = seed.Derive((ulong)index);
        for (var i = 0; i < Inputs; i++) inputs[i] = own.UniformDouble((ulong)i);
        return Of(inputs) + own.Normal(Inputs);
    }

    /// <returns>y without its noise.</returns>
    public static double Of(ReadOnlySpan<double> x) =>
        10 * Math.Sin(Math.PI * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4];
}
