using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Testing;

/// <summary>Row losses of every kind, form of teacher and tail mode.</summary>
internal static class RowLossCases
{
    private const int Ignore = -100;

    public static IEnumerable<OperationCase> All() => [.. Hard(), .. Dense(), .. Truncated(), .. WeightedRows()];

    private static readonly SoftLoss[] Divergences = [.. Enum.GetValues<SoftLoss>().Except([SoftLoss.None])];

    private static bool Detaches(SoftLoss soft) => soft is SoftLoss.AdaptiveKl or SoftLoss.Interpolated;

    private static RowLossTerms Mixed(SoftLoss soft, double temperature) =>
        new(0.3, 0, Ignore, soft, 0.7, temperature, 0.3, TeacherForm.Logits, TailMode.TailBucket);

    private static IEnumerable<OperationCase> Hard()
    {
        foreach (var (rows, classes) in new[] { (1, 1), (5, 7), (3, 33), (2, 1000) })
        {
            yield return Labelled($"cross entropy {rows}×{classes}", rows, classes, RowLossTerms.HardOnly());
            yield return Labelled($"cross entropy smoothed {rows}×{classes}", rows, classes, RowLossTerms.HardOnly(0.1));
        }
        yield return new OperationCase("cross entropy ignoring",
            [new OperationInputs("ignoring").Normal(4, 7), OperationInputs.Integers(Ignore, 3, Ignore, 6)],
            (s, x) => s.RowLoss(x[0], RowLossTerms.HardOnly(0.05), x[1]).Loss);
        yield return new OperationCase("cross entropy ignoring all",
            [new OperationInputs("all").Normal(3, 7), OperationInputs.Integers(Ignore, Ignore, Ignore)],
            (s, x) => s.RowLoss(x[0], RowLossTerms.HardOnly(), x[1]).Loss);
        yield return new OperationCase("cross entropy of no row", [new OperationInputs("none").Normal(0, 7), OperationInputs.Integers()],
            (s, x) => s.RowLoss(x[0], RowLossTerms.HardOnly(), x[1]).Loss);
    }

    private static OperationCase Labelled(string name, int rows, int classes, RowLossTerms terms)
    {
        var inputs = new OperationInputs(name);
        return new OperationCase(name, [inputs.Normal(rows, classes), inputs.Below(classes, rows)], (s, x) =>
            s.RowLoss(x[0], terms, x[1]).Loss);
    }

    private static IEnumerable<OperationCase> Dense()
    {
        foreach (var soft in Divergences)
            foreach (var temperature in new[] { 1.0, 2.0, 4.0 })
                foreach (var (rows, classes) in new[] { (1, 1), (5, 7), (3, 33) })
                {
                    var terms = Mixed(soft, temperature);
                    var name = $"{soft} T{temperature} {rows}×{classes}";
                    var inputs = new OperationInputs(name);
                    yield return new OperationCase(name,
                        [inputs.Normal(rows, classes), inputs.Constant(rows, classes), inputs.Below(classes, rows)],
                        (s, x) => s.RowLoss(x[0], terms, x[2], TeacherTarget.Logits(x[1])).Loss) { Detaches = Detaches(soft) };
                    if (soft == SoftLoss.LogitMeanSquaredError) continue;
                    yield return new OperationCase(name
                        + " probabilities", [inputs.Normal(rows, classes), inputs.Probabilities(rows, classes)],
                        (s, x) => s.RowLoss(x[0], terms with { HardWeight = 0 }, null, TeacherTarget.Probabilities(x[1])).Loss)
                    {
                        Detaches = Detaches(soft),
                    };
                }
    }

    /// <summary>Rows with weights of their own, of either sign.</summary>
    private static IEnumerable<OperationCase> WeightedRows()
    {
        foreach (var soft in new[] { SoftLoss.None, SoftLoss.ForwardKl, SoftLoss.ReverseKl, SoftLoss.LogitMeanSquaredError })
        {
            var (name, terms) = ($"{soft} of weighted rows", Mixed(soft, 2) with { LabelSmoothing = 0.1 });
            var inputs = new OperationInputs(name);
            yield return new OperationCase(name, [inputs.Normal(4, 33), OperationInputs.Integers(3, Ignore, 0, 32), inputs.Constant(4, 33),
                inputs.Constant(4), inputs.Constant(4)], (s, x) => s.RowLoss(x[0], terms, x[1], TeacherTarget.Logits(x[2]),
                    new RowWeights(x[3], x[4])).Loss);
        }
    }

    private static IEnumerable<OperationCase> Truncated()
    {
        foreach (var soft in Divergences)
            foreach (var mode in RowLossTerms.TailsOf(soft))
                foreach (var temperature in new[] { 1.0, 2.0 })
                    foreach (var (classes, kept) in new[] { (9, 3), (40, 7), (9, 0), (5, 5) })
                        yield return Truncated(soft, classes, kept, mode, temperature);
        foreach (var soft in new[] { SoftLoss.ForwardKl, SoftLoss.JensenShannon, SoftLoss.AdaptiveKl })
            yield return Truncated(soft, 600, 520, TailMode.TailBucket, 2);
    }

    private static OperationCase Truncated(SoftLoss soft, int classes, int kept, TailMode mode, double temperature)
    {
        var terms = Mixed(soft, temperature) with { Tail = mode };
        var name = $"{(soft == SoftLoss.ForwardKl ? "" : soft + " ")}top {kept} of {classes} {mode} T{temperature}";
        var inputs = new OperationInputs(name);
        return new OperationCase(name, [inputs.Normal(4, classes), inputs.Below(classes, 4), .. inputs.Truncated(4, classes, kept)],
            (s, x) => s.RowLoss(x[0], terms, x[1], TeacherTarget.TopK(x[2], x[3], x[4])).Loss) { Detaches = Detaches(soft) };
    }
}
