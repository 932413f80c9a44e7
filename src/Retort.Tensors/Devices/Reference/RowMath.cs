namespace Retort.Tensors.Devices.Reference;

/// <summary>Formulas over one row.</summary>
internal static class RowMath
{
    /// <summary>ln softmax(x/T).</summary>
    public static double[] LogSoftmax(ReadOnlySpan<double> x, double temperature)
    {
        var largest = double.NegativeInfinity;
        foreach (var value in x) largest = Math.Max(largest, value); // Math.Max keeps NaN
        var sum = 0.0;
        foreach (var value in x) sum += Math.Exp((value - largest) / temperature);
        var result = new double[x.Length];
        for (var i = 0; i < x.Length; i++) result[i] = (x[i] - largest) / temperature - Math.Log(sum);
        return result;
    }

    /// <summary>Σ p (ln p − other), where a probability of 0 adds nothing.</summary>
    public static double Relative(double[] probabilities, Func<int, double> logarithm, Func<int, double> other)
    {
        var sum = 0.0;
        for (var i = 0; i < probabilities.Length; i++)
            if (probabilities[i] != 0) sum += probabilities[i] * (logarithm(i) - other(i));
        return sum;
    }
}
