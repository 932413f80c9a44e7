namespace Retort.Tensors.Devices.Reference;

/// <summary>Row losses: one row at a time, the loss first, then its gradient.</summary>
internal sealed partial class ReferenceKernels
{
    public override long RowLoss(in RowLossTerms terms, in RowLossBuffers buffers, long rows, long classes, long kept, long meanRows = 0)
    {
        var labels = Integers(buffers.Labels);
        var counted = 0L;
        for (var row = 0; row < rows; row++)
        {
            if (Ignored(terms, labels, row)) continue;
            if (labels.Length > 0 && (labels[row] < 0 || labels[row] >= classes))
                throw new RetortException("RowLoss", $"label {labels[row]} in row {row} of {classes} classes.",
                    $"labels from 0 to {classes - 1}, or {terms.IgnoreLabel} for rows that do not count.");
            counted++;
        }
        var divisor = meanRows > 0 ? meanRows : counted;
        for (var row = 0; row < rows; row++)
        {
            var gradient = new double[classes];
            double hard = 0, soft = 0;
            if (!Ignored(terms, labels, row))
            {
                double[] z = Reals(buffers.Logits).Slice((int)(row * classes), (int)classes).ToArray();
                var own = terms with
                {
                    HardWeight = terms.HardWeight * RowWeight(buffers.HardRowWeights, row),
                    SoftWeight = terms.SoftWeight * RowWeight(buffers.SoftRowWeights, row),
                };
                if (terms.HardWeight != 0) hard = CrossEntropy(own, z, labels[row], gradient);
                if (terms.Soft != SoftLoss.None) soft = Divergence(own, buffers, z, row, (int)kept, gradient);
            }
            if (buffers.HardLosses.Length > 0) Reals(buffers.HardLosses)[row] = hard;
            if (buffers.SoftLosses.Length > 0) Reals(buffers.SoftLosses)[row] = soft;
            for (var i = 0; i < classes && buffers.Gradient.Length > 0; i++)
                Reals(buffers.Gradient)[(int)(row * classes + i)] = divisor == 0 ? 0 : gradient[i] / divisor;
        }
        return counted;
    }

    private static double RowWeight(Storage weights, int row) => weights.Length == 0 ? 1 : Reals(weights)[row];

    private static bool Ignored(in RowLossTerms terms, Span<int> labels, int row) => labels.Length > 0 && labels[row] == terms.IgnoreLabel;

    /// <summary>−Σ target·ln q with target = (1 − s)·onehot + s/V. Adds hardWeight·dL/dz.</summary>
    private static double CrossEntropy(in RowLossTerms terms, double[] z, int label, double[] gradient)
    {
        var logarithms = RowMath.LogSoftmax(z, 1);
        var loss = 0.0;
        for (var i = 0; i < z.Length; i++)
        {
            var target = terms.LabelSmoothing / z.Length + (i == label ? 1 - terms.LabelSmoothing : 0);
            if (target != 0) loss -= target * logarithms[i];
            gradient[i] += terms.HardWeight * (Math.Exp(logarithms[i]) - target);
        }
        return loss;
    }

    /// <summary>T² · divergence of the row (no T² for logits). Adds softWeight·dL/dz.</summary>
    private static double Divergence(in RowLossTerms terms, in RowLossBuffers buffers, double[] z, int row, int kept, double[] gradient)
    {
        var sparse = terms.Form == TeacherForm.TopK;
        var width = sparse ? kept : z.Length;
        var given = Reals(buffers.Teacher).Slice(row * width, width);
        if (terms.Soft == SoftLoss.LogitMeanSquaredError) return SquaredError(terms, z, given, gradient);
        var t = terms.Temperature;
        TeacherRow teacher;
        if (sparse) teacher = TeacherRow.Truncated(Integers(buffers.TeacherIds).Slice(row * width, width), given,
            Reals(buffers.TailMass)[row], z.Length, terms.Tail, t);
        else teacher = TeacherRow.Dense(terms.Form == TeacherForm.Logits ? given : Array.ConvertAll(given.ToArray(), Math.Log), t);
        var logarithms = RowMath.LogSoftmax(z, t);
        var (loss, slopes) = (terms.Soft == SoftLoss.ForwardKl, sparse) switch
        {
            (true, true) => Truncated(teacher, logarithms, t),
            (true, false) => ForwardKl(teacher, logarithms, t),
            (false, true) => OverOutcomes(terms, teacher, logarithms),
            _ => OverClasses(terms, teacher, logarithms),
        };
        for (var i = 0; i < z.Length; i++) gradient[i] += terms.SoftWeight * t * t * slopes[i];
        return t * t * loss;
    }

    private static double SquaredError(in RowLossTerms terms, double[] z, Span<double> teacher, double[] gradient)
    {
        var loss = 0.0;
        for (var i = 0; i < z.Length; i++)
        {
            loss += (z[i] - teacher[i]) * (z[i] - teacher[i]) / z.Length;
            gradient[i] += terms.SoftWeight * 2 * (z[i] - teacher[i]) / z.Length;
        }
        return loss;
    }

    /// <summary>Σ p (ln p − ln q); dz = (q − p)/T.</summary>
    private static (double Loss, double[] Slopes) ForwardKl(TeacherRow teacher, double[] logq, double t) =>
        (RowMath.Relative(teacher.Probabilities, i => teacher.Logarithms[i], i => logq[i]),
            [.. teacher.Probabilities.Select((value, i) => (Math.Exp(logq[i]) - value) / t)]);

    private static (double Loss, double[] Slopes) OverClasses(in RowLossTerms terms, TeacherRow teacher, double[] logq)
    {
        var t = terms.Temperature;
        var (loss, slopes) = OutcomeDivergence.Of(terms, teacher.Logarithms, logq);
        return (loss, [.. slopes.Select(slope => slope / t)]);
    }

    /// <summary>
    /// The kept classes and the rest as one outcome, whose slope its classes share by their probability. A teacher that was made to sum to
    /// one over the kept classes gives that outcome no mass.
    /// </summary>
    private static (double Loss, double[] Slopes) OverOutcomes(in RowLossTerms terms, TeacherRow teacher, double[] logq)
    {
        int[] kept = [.. Enumerable.Range(0, logq.Length).Where(i => teacher.Kept[i])],
            others = [.. Enumerable.Range(0, logq.Length).Where(i => !teacher.Kept[i])];
        var rest = others.Sum(i => Math.Exp(logq[i]));
        double[] p = [.. kept.Select(i => teacher.Logarithms[i])], q = [.. kept.Select(i => logq[i])];
        rest = Math.Max(rest, RowLossTerms.LeastTail);
        if (others.Length > 0) (p, q) = ([.. p, Math.Log(teacher.TailProbability)], [.. q, Math.Log(rest)]);
        var t = terms.Temperature;
        var (loss, slopes) = OutcomeDivergence.Of(terms, p, q);
        var gradient = new double[logq.Length];
        for (var i = 0; i < kept.Length; i++) gradient[kept[i]] = slopes[i] / t;
        foreach (var i in others) gradient[i] = slopes[^1] * Math.Exp(logq[i]) / rest / t;
        return (double.IsNaN(logq[0]) ? double.NaN : loss, gradient);
    }

    /// <summary>
    /// Σ_kept p (ln p − ln q), and the tail as one class or as equal classes; dz is q times the mass that is told of, less that mass.
    /// </summary>
    private static (double Loss, double[] Slopes) Truncated(TeacherRow teacher, double[] logq, double t)
    {
        double[] p = teacher.Probabilities, q = [.. logq.Select(Math.Exp)];
        double loss = RowMath.Relative(p, i => teacher.Logarithms[i], i => logq[i]), mass = p.Sum(), rest = 0;
        for (var i = 0; i < q.Length; i++)
            if (!teacher.Kept[i]) rest += q[i];
        rest = Math.Max(rest, RowLossTerms.LeastTail);
        if (teacher.TailProbability != 0) loss += teacher.TailProbability * (Math.Log(teacher.TailProbability) - Math.Log(rest));
        var slopes = new double[q.Length];
        for (var i = 0; i < q.Length; i++)
        {
            var u = teacher.UniformTailProbability;
            if (teacher.Kept[i]) slopes[i] = ((mass + Told(teacher)) * q[i] - p[i]) / t;
            else slopes[i] = ((mass + Told(teacher)) * q[i] - u - teacher.TailProbability * q[i] / rest) / t;
            if (!teacher.Kept[i] && u != 0) loss += u * (Math.Log(u) - logq[i]);
        }
        return (double.IsNaN(logq[0]) ? double.NaN : loss, slopes); // one NaN logit makes every logarithm NaN
    }

    /// <summary>The tail's whole mass in the modes that speak of it.</summary>
    private static double Told(TeacherRow teacher) =>
        teacher.TailProbability + teacher.UniformTailProbability * teacher.Kept.Count(isKept => !isKept);
}
