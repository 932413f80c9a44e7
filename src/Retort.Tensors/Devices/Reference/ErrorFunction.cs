namespace Retort.Tensors.Devices.Reference;

/// <summary>
/// erf(x) = 2/√π ∫₀ˣ exp(−t²) dt, by the series whose terms are all positive: 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)).
/// </summary>
internal static class ErrorFunction
{
    public static double Of(double x)
    {
        if (double.IsNaN(x)) return x;
        if (Math.Abs(x) > 6) return Math.Sign(x); // 1 − erf(6) = 2e-17
        double term = x, sum = x;
        for (var n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
