namespace Retort.Teachers.Onnx.Operators;

/// <summary>
/// erf: Taylor's series near 0, so that small numbers keep their digits; beyond, 1 − erfc by the expansion of its logarithm in 1/(1 + x/2)
/// (Press et al., Numerical Recipes, section 6.2: relative error of erfc below 1.2e-7).
/// </summary>
internal static class ErrorFunction
{
    private static readonly double[] Coefficients =
    [
        -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277,
    ];

    public static double Of(double x)
    {
        var size = Math.Abs(x);
        if (size < 1)
        {
            double term = x, sum = x;
            for (var n = 1; n < 20; n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return 2 / Math.Sqrt(Math.PI) * sum;
        }
        var t = 1 / (1 + size / 2);
        var logarithm = 0.0;
        for (var i = Coefficients.Length - 1; i >= 0; i--) logarithm = logarithm * t + Coefficients[i];
        return Math.CopySign(1 - t * Math.Exp(logarithm - x * x), x);
    }
}
