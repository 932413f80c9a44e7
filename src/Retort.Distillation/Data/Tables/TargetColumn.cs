namespace Retort.Data.Tables;

/// <summary>
/// The numeric column that is predicted. Models answer in standard units: 0 is its mean and 1 its deviation over the training rows.
/// </summary>
/// <param name="Name">As the header has it.</param>
/// <param name="Mean">What a standard 0 stands for in the file.</param>
/// <param name="Deviation">What a step of 1 stands for; above 0.</param>
public sealed record TargetColumn(string Name, double Mean, double Deviation)
{
    /// <summary>A model answers two classes or more, or one number.</summary>
    /// <param name="target">The number; null = classes.</param>
    /// <param name="outputs">Outputs of the model.</param>
    public static bool Fits(TargetColumn? target, int outputs) => target is null ? outputs > 1 : outputs == 1 && target.Deviation > 0;

    public double Standard(double number) => (number - Mean) / Deviation;

    /// <returns>The numbers as the file would have them.</returns>
    public float[] InUnits(ReadOnlySpan<float> standard)
    {
        var numbers = new float[standard.Length];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = (float)(Mean + Deviation * standard[i]);
        return numbers;
    }
}

/// <summary>The true numbers of some rows.</summary>
/// <param name="Column">What they are numbers of.</param>
/// <param name="Values">[N], in standard units.</param>
public sealed record NumberTargets(TargetColumn Column, float[] Values)
{
    public NumberTargets Of(ReadOnlySpan<int> rows)
    {
        var chosen = new float[rows.Length];
        for (var i = 0; i < chosen.Length; i++) chosen[i] = Values[rows[i]];
        return this with { Values = chosen };
    }
}
