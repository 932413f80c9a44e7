namespace Retort.Tensors.Devices.Reference;

/// <summary>
/// The teacher's distribution of one row at the loss temperature. Dense: P over every class. Truncated: P over the kept classes,
/// the mass TailProbability of all others together, and which classes were kept.
/// </summary>
internal sealed class TeacherRow
{
    private TeacherRow(double[] probabilities, double[] logarithms, bool[] kept, double tail, double rest)
    {
        Probabilities = probabilities;
        Logarithms = logarithms;
        Kept = kept;
        TailProbability = tail;
        UniformTailProbability = rest;
    }

    /// <summary>[classes]; 0 outside the kept ones.</summary>
    public double[] Probabilities { get; }

    /// <summary>ln P, finite also where P itself is too small for a double.</summary>
    public double[] Logarithms { get; }
    public bool[] Kept { get; }

    /// <summary>Of the tail as one class; 0 where a mode has none.</summary>
    public double TailProbability { get; }

    /// <summary>Of each class of a uniform tail.</summary>
    public double UniformTailProbability { get; }

    /// <summary>softmax(scores/T) of dense logits, or of the logarithms of dense probabilities.</summary>
    public static TeacherRow Dense(ReadOnlySpan<double> scores, double temperature)
    {
        var logarithms = RowMath.LogSoftmax(scores, temperature);
        return new TeacherRow([.. logarithms.Select(Math.Exp)], logarithms, [.. logarithms.Select(_ => true)], 0, 0);
    }

    /// <summary>P_i^(1/T)/Z of the kept classes; Z needs an assumption about the tail.</summary>
    public static TeacherRow Truncated(ReadOnlySpan<int> ids, ReadOnlySpan<double> logProbabilities, double tailMass, int classes,
        TailMode mode, double temperature)
    {
        var probabilities = new double[classes];
        var kept = new bool[classes];
        var total = 0.0;
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] == -1) continue;
            if (ids[i] < -1 || ids[i] >= classes) throw new RetortException("RowLoss", $"kept class {ids[i]} of {classes} classes.",
                $"classes from 0 to {classes - 1}, or -1 for none.");
            kept[ids[i]] = true;
            total += probabilities[ids[i]] = Math.Exp(logProbabilities[i] / temperature);
        }
        var others = kept.Count(isKept => !isKept);
        var single = others == 0 ? 0 : Math.Pow(Math.Max(tailMass, RowLossTerms.LeastTail), 1 / temperature);
        var uniform = others == 0 ? 0 : Math.Pow(others, 1 - 1 / temperature) * single;
        total += mode switch { TailMode.TailBucket => single, TailMode.Renormalise => 0, _ => uniform };
        for (var i = 0; i < classes; i++)
            if (kept[i]) probabilities[i] /= total;
        return new TeacherRow(probabilities, Array.ConvertAll(probabilities, Math.Log), kept, mode == TailMode.TailBucket
            && others > 0 ? single / total : 0, mode == TailMode.UniformTail && others > 0 ? uniform / total / others : 0);
    }
}
