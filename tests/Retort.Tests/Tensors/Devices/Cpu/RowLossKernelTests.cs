using Retort.Tensors;
using Retort.Tensors.Devices;
using Xunit;
using static Retort.Tests.Tensors.Devices.Cpu.KernelCase;

namespace Retort.Tests.Tensors.Devices.Cpu;

[Trait("Category", "Width")]
public class RowLossKernelTests
{
    private const int Rows = 5, Ignored = 3;

    /// <summary>Their gradients are not those of their values: the operation cases and the golden vectors look at them.</summary>
    private static readonly SoftLoss[] Detached = [SoftLoss.AdaptiveKl, SoftLoss.Interpolated];

    public static TheoryData<SoftLoss, TeacherForm, double, double> Dense()
    {
        var cases = new TheoryData<SoftLoss, TeacherForm, double, double>();
        foreach (var soft in Enum.GetValues<SoftLoss>().Except(Detached))
            foreach (var form in new[] { TeacherForm.Logits, TeacherForm.Probabilities })
                foreach (var temperature in new[] { 1.0, 2.0, 3.5 })
                    foreach (var hard in new[] { 0, 0.4 })
                        if (form == TeacherForm.Logits || soft is not (SoftLoss.None or SoftLoss.LogitMeanSquaredError))
                            cases.Add(soft, form, temperature, hard);
        return cases;
    }

    [Theory, MemberData(nameof(Dense))]
    public void Dense_losses_and_gradients_are_those_of_double(SoftLoss soft, TeacherForm form, double temperature, double hardWeight)
    {
        foreach (var classes in new[] { 1, 7, 10, 16, 33, 5003 })
        {
            float[] z = Values(Rows * classes, 1, 2), t = Values(Rows * classes, 2, 2);
            if (form == TeacherForm.Probabilities)
                for (var row = 0; row < Rows; row++)
                {
                    var shares = Share(t.Skip(row * classes).Take(classes).Select(value => (double)value), 1);
                    for (var i = 0; i < classes; i++) t[row * classes + i] = (float)shares[i];
                }
            var labels = Enumerable.Range(0, Rows).Select(row => row == Ignored ? -100 : (row * 7 + 3) % classes).ToArray();
            var terms = new RowLossTerms(hardWeight, 0.1, -100, soft, 0.7, temperature, 0.3, form, TailMode.TailBucket);
            foreach (var inPlace in new[] { false, true })
            {
                var all = SameForAnyThreads(test =>
                {
                    Storage result = test.Empty(Rows * classes + 2 * Rows), logits = test.Of(z);
                    var gradient = inPlace ? logits : result.Slice(0, Rows * classes);
                    var counted = test.Kernels.RowLoss(terms, new RowLossBuffers(logits, gradient, test.Of(labels), soft == SoftLoss.None
                        ? default
                        : test.Of(t), default, default,
                        result.Slice(Rows * classes, Rows), result.Slice(Rows * classes + Rows, Rows)), Rows, classes, 0);
                    Assert.Equal(Rows - 1, counted);
                    if (inPlace) test.Kernels.Copy(logits, result.Slice(0, Rows * classes), false);
                    return result;
                });
                CheckRows(terms, z,
                    (row, q) => SoftValue(terms, q, t.Skip(row * classes).Take(classes).Select(value => (double)value).ToArray()), labels,
                    classes, all);
            }
        }
    }

    [Fact]
    public void AGradientThatNoCacheHoldsIsTheSameOne()
    {
        const int rows = 64, classes = 65_536;
        var terms = new RowLossTerms(0.5, 0, -100, SoftLoss.ForwardKl, 0.5, 3, 0, TeacherForm.Logits, TailMode.TailBucket);
        float[] z = Values(rows * classes, 1, 2), t = Values(rows * classes, 2, 2);
        var labels = Enumerable.Range(0, rows).Select(row => row * 31 % classes).ToArray();
        float[] Gradient(bool inPlace) => SameForAnyThreads(test =>
        {
            var logits = test.Of(z);
            var gradient = inPlace ? logits : test.Empty(rows * classes);
            test.Kernels.RowLoss(terms, new RowLossBuffers(logits, gradient, test.Of(labels), test.Of(t), default, default,
                test.Empty(rows), test.Empty(rows)), rows, classes, 0);
            return gradient;
        });
        Assert.Equal(Gradient(inPlace: true), Gradient(inPlace: false));
    }

    private static void CheckRows(RowLossTerms terms, float[] z, Func<int, double[], double> soft, int[] labels, int classes, float[] all)
    {
        for (var row = 0; row < Rows; row++)
        {
            var logits = z.Skip(row * classes).Take(classes).Select(value => (double)value).ToArray();
            var counts = labels[row] != -100;
            double Hard() => counts ? LogSum(logits) - 0.9 * logits[labels[row]] - 0.1 * logits.Average() : 0;
            double Soft() => counts ? soft(row, logits) : 0;
            double Total() => (terms.HardWeight * Hard() + (terms.Soft == SoftLoss.None ? 0 : terms.SoftWeight * Soft())) / (Rows - 1);
            Close(_ => Hard(), [all[Rows * classes + row]], 3e-6);
            if (terms.Soft != SoftLoss.None) Close(_ => Soft(), [all[Rows * classes + Rows + row]], 1e-5);
            foreach (var i in classes > 100 ? new[] { 0, 17, classes - 1, Math.Max(labels[row], 0) } : Enumerable.Range(0, classes))
            {
                var kept = logits[i];
                logits[i] = kept + 1e-5;
                var above = Total();
                logits[i] = kept - 1e-5;
                var below = Total();
                logits[i] = kept;
                Close(_ => (above - below) / 2e-5, [all[row * classes + i]], 1e-6);
            }
        }
    }

    private static double LogSum(IEnumerable<double> values)
    {
        var list = values.ToArray();
        var bound = list.Max();
        return bound + Math.Log(list.Sum(value => Math.Exp(value - bound)));
    }

    private static double[] Share(IEnumerable<double> values, double temperature)
    {
        var scaled = values.Select(value => value / temperature).ToArray();
        var logSum = LogSum(scaled);
        return [.. scaled.Select(value => Math.Exp(value - logSum))];
    }

    private static double Divergence(double[] p, double[] q) => p.Zip(q, (a, b) => a == 0 ? 0 : a * Math.Log(a / b)).Sum();

    private static double SoftValue(RowLossTerms terms, double[] z, double[] t)
    {
        if (terms.Soft == SoftLoss.LogitMeanSquaredError) return z.Zip(t, (a, b) => (a - b) * (a - b)).Average();
        double[] q = Share(z, terms.Temperature),
            p = Share(terms.Form == TeacherForm.Logits ? t : t.Select(value => Math.Log(value)), terms.Temperature);
        return terms.Temperature * terms.Temperature * Between(terms, p, q);
    }

    /// <summary>The definitions, over any outcomes.</summary>
    private static double Between(RowLossTerms terms, double[] p, double[] q)
    {
        var (w, m) = (terms.TeacherWeight, p.Zip(q, (a, b) => terms.TeacherWeight * a + (1 - terms.TeacherWeight) * b).ToArray());
        return terms.Soft switch
        {
            SoftLoss.ForwardKl => Divergence(p, q),
            SoftLoss.ReverseKl => Divergence(q, p),
            SoftLoss.JensenShannon => w * Divergence(p, m) + (1 - w) * Divergence(q, m),
            SoftLoss.SkewForwardKl => Divergence(p, m),
            SoftLoss.SkewReverseKl => Divergence(q, m),
            SoftLoss.TotalVariation => p.Zip(q, (a, b) => Math.Abs(a - b)).Sum() / 2,
            SoftLoss.Jeffreys => w * Divergence(p, q) + (1 - w) * Divergence(q, p),
            _ => -p.Zip(q, (a, b) => a == 0 ? 0 : a * Math.Log(b)).Sum(),
        };
    }

    [Theory, MemberData(nameof(Tails))]
    public void Truncated_teachers_follow_their_tail_mode(SoftLoss soft, TailMode mode, double temperature, int kept)
    {
        const int classes = 37;
        float[] z = Values(Rows * classes, 1, 2), logs = new float[Rows * kept], tails = new float[Rows];
        var ids = new int[Rows * kept];
        for (var row = 0; row < Rows; row++)
        {
            var p = Share(Values(classes, 10 + row, 2).Select(value => (double)value), 1);
            var chosen = Enumerable.Range(0, classes)
                .OrderByDescending(i => p[i])
                .Take(row == 1 && kept < classes ? kept - 1 : kept)
                .Order()
                .ToArray();
            tails[row] = (float)(1 - chosen.Sum(i => p[i]));
            for (var i = 0; i < kept; i++)
            {
                ids[row * kept + i] = i < chosen.Length ? chosen[i] : -1;
                logs[row * kept + i] = i < chosen.Length ? (float)Math.Log(p[chosen[i]]) : float.NaN;
            }
        }
        var labels = Enumerable.Range(0, Rows).Select(row => row == Ignored ? -100 : (row * 7 + 3) % classes).ToArray();
        var terms = new RowLossTerms(0.4, 0.1, -100, soft, 0.7, temperature, 0.3, TeacherForm.TopK, mode);
        var all = SameForAnyThreads(test =>
        {
            var result = test.Empty(Rows * classes + 2 * Rows);
            test.Kernels.RowLoss(terms, new RowLossBuffers(test.Of(z), result.Slice(0, Rows * classes), test.Of(labels), test.Of(logs),
                test.Of(ids), test.Of(tails),
                result.Slice(Rows * classes, Rows), result.Slice(Rows * classes + Rows, Rows)), Rows, classes, kept);
            return result;
        });
        CheckRows(terms, z, (row, logits) =>
        {
            var q = Share(logits, temperature);
            var chosen = ids.Skip(row * kept).Take(kept).Where(id => id >= 0).ToArray();
            var powers = chosen.Select((_, i) => Math.Exp(logs[row * kept + i] / temperature)).ToArray();
            double others = classes - chosen.Length, tail = others == 0 ? 0 : Math.Pow(tails[row], 1 / temperature);
            if (mode == TailMode.Renormalise) tail = 0;
            else if (mode != TailMode.TailBucket && others > 0) tail *= Math.Pow(others, 1 - 1 / temperature);
            var normaliser = powers.Sum() + tail;
            var rest = Enumerable.Range(0, classes).Except(chosen).ToArray();
            var share = tail / normaliser;
            if (soft != SoftLoss.ForwardKl) return temperature * temperature * Between(terms,
                [.. powers.Select(power => power / normaliser), share], [.. chosen.Select(id => q[id]), rest.Sum(i => q[i])]);
            var loss = chosen.Select((id, i) => powers[i] / normaliser * Math.Log(powers[i] / normaliser / q[id])).Sum();
            if (others > 0 && mode == TailMode.TailBucket) loss += share * Math.Log(share / rest.Sum(i => q[i]));
            if (others > 0 && mode == TailMode.UniformTail) loss += rest.Sum(i => share / others * Math.Log(share / others / q[i]));
            return temperature * temperature * loss;
        }, labels, classes, all);
    }

    public static TheoryData<SoftLoss, TailMode, double, int> Tails()
    {
        var cases = new TheoryData<SoftLoss, TailMode, double, int>();
        foreach (var soft in Enum.GetValues<SoftLoss>().Except(Detached))
            foreach (var mode in RowLossTerms.TailsOf(soft))
                foreach (var temperature in new[] { 1.0, 3.0 })
                    foreach (var kept in new[] { 4, 36, 37 }) cases.Add(soft, mode, temperature, kept);
        return cases;
    }

    public static TheoryData<SoftLoss> All => [.. Enum.GetValues<SoftLoss>()];

    [Theory, MemberData(nameof(All))]
    public void One_NaN_anywhere_makes_its_row_NaN(SoftLoss soft)
    {
        const int classes = 33;
        foreach (var place in new[] { 0, 15, 16, 32 })
            foreach (var inTeacher in soft == SoftLoss.None ? [false] : new[] { false, true })
            {
                float[] z = Values(2 * classes, 1), t = Values(2 * classes, 2);
                (inTeacher ? t : z)[place] = float.NaN;
                using var test = new KernelCase(1);
                Storage hard = test.Empty(2), softs = test.Empty(2), gradient = test.Empty(2 * classes);
                test.Kernels.RowLoss(new RowLossTerms(1, 0, -100, soft, 1, 2, 0.5, TeacherForm.Logits, TailMode.TailBucket),
                    new RowLossBuffers(test.Of(z), gradient, test.Of([3, 4]), test.Of(t), default, default, hard, softs), 2, classes, 0);
                float[] losses = [Floats(hard)[0] + Floats(softs)[0], Floats(hard)[1] + Floats(softs)[1]];
                Assert.True(float.IsNaN(losses[0]));
                Assert.True(float.IsFinite(losses[1]));
                Assert.Contains(Floats(gradient)[..classes], float.IsNaN);
                Assert.All(Floats(gradient)[classes..], value => Assert.True(float.IsFinite(value)));
            }
    }

    [Fact]
    public void Impossible_teacher_classes_and_huge_logits_stay_finite()
    {
        using var test = new KernelCase(1);
        Storage losses = test.Empty(2), gradient = test.Empty(8);
        float low = float.NegativeInfinity;
        test.Kernels.RowLoss(RowLossTerms.SoftOnly(SoftLoss.ForwardKl, 2),
            new RowLossBuffers(test.Of([1e4f, -1e4f, 0, 1, 0, 1, 2, low]), gradient, default, test.Of([1e4f, -1e4f, 0, low, 0, 1, 2, low]),
                default, default, default, losses), 2, 4, 0);
        Assert.All(Floats(losses), value => Assert.Equal(0, value, 1e-5));
        Assert.All(Floats(gradient), value => Assert.Equal(0, value, 1e-6));
    }

    /// <summary>
    /// A probability near the least float is above 0 where its share of a mixture is not: the two classes with all the mass give the
    /// loss, as in double.
    /// </summary>
    [Theory]
    [InlineData(SoftLoss.JensenShannon, 0.1)]
    [InlineData(SoftLoss.JensenShannon, 0.9)]
    [InlineData(SoftLoss.SkewForwardKl, 0.1)]
    [InlineData(SoftLoss.SkewReverseKl, 0.9)]
    public void Mixtures_below_the_least_float_add_nothing(SoftLoss soft, double teacherWeight)
    {
        foreach (var (low, lower) in Enumerable.Range(0, 14).SelectMany(i => new[] { (-97 - i / 2f, -120f), (-120f, -97 - i / 2f) }))
        {
            float[] z = [1, 0, lower], t = [0, 1, low];
            using var test = new KernelCase(1);
            Storage losses = test.Empty(1), gradient = test.Empty(3);
            var terms = RowLossTerms.SoftOnly(soft, 1) with { TeacherWeight = teacherWeight };
            test.Kernels.RowLoss(terms, new RowLossBuffers(test.Of(z), gradient, default, test.Of(t), default, default, default, losses),
                1, 3, 0);
            Close(_ => SoftValue(terms, [1, 0, lower], [0, 1, low]), [Floats(losses)[0]], 1e-5);
            Assert.Equal(0, Floats(gradient)[2], 1e-6);
            Assert.Equal(0, Floats(gradient)[0] + Floats(gradient)[1], 1e-6);
        }
    }

    [Fact]
    public void A_label_out_of_range_is_named_and_ignored_rows_do_not_count()
    {
        using var test = new KernelCase(1);
        Storage losses = test.Empty(2), gradient = test.Empty(20);
        var buffers = new RowLossBuffers(test.Of(Values(20, 1)), gradient, test.Of([3, 10]), default, default, default, losses, default);
        Assert.Contains("label 10 in row 1",
            Assert.Throws<RetortException>(() => test.Kernels.RowLoss(RowLossTerms.HardOnly(), buffers, 2, 10, 0)).Message);
        buffers = buffers with { Labels = test.Of([-100, -100]) };
        Assert.Equal(0, test.Kernels.RowLoss(RowLossTerms.HardOnly(), buffers, 2, 10, 0));
        Assert.All(Floats(gradient), value => Assert.Equal(0, value));
        Assert.All(Floats(losses), value => Assert.Equal(0, value));
    }
}
