using Retort.Tensors;
using Retort.Tensors.Devices;
using Xunit;
using static Retort.Tests.Tensors.Devices.Cpu.KernelCase;

namespace Retort.Tests.Tensors.Devices.Cpu;

[Trait("Category", "Width")]
public class ElementwiseKernelTests
{
    private const double First = -0.3, Second = 0.8;
    public static TheoryData<Unary> Functions => new(Enum.GetValues<Unary>());

    internal static double Value(Unary function, double x) => function switch
    {
        Unary.Negate => -x,
        Unary.Absolute => Math.Abs(x),
        Unary.Exp => Math.Exp(x),
        Unary.Log => Math.Log(x),
        Unary.Square => x * x,
        Unary.SquareRoot => Math.Sqrt(x),
        Unary.ReciprocalSquareRoot => 1 / Math.Sqrt(x),
        Unary.Relu => x < 0 ? 0 : x,
        Unary.Gelu => x * NormalShare(x),
        Unary.GeluTanh => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        Unary.Silu => x / (1 + Math.Exp(-x)),
        Unary.Sigmoid => 1 / (1 + Math.Exp(-x)),
        Unary.Tanh => Math.Tanh(x),
        Unary.Softplus => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))),
        Unary.LeakyRelu => x < 0 ? First * x : x,
        Unary.Elu => x < 0 ? Math.Exp(x) - 1 : x,
        Unary.HardSwish => x * Math.Clamp(x + 3, 0, 6) / 6,
        Unary.Mish => x * Math.Tanh(Math.Log(1 + Math.Exp(x))),
        Unary.Erf => 2 * NormalShare(x * Math.Sqrt(2)) - 1,
        _ => Math.Clamp(x, First, Second),
    };

    /// <summary>Φ(x) by its integral: Simpson's rule over fine steps.</summary>
    private static double NormalShare(double x)
    {
        const int steps = 200;
        double width = x / steps, sum = 0;
        for (var i = 0; i <= steps; i++)
            sum += Math.Exp(-0.5 * i * width * i * width) * (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2);
        return 0.5 + sum * width / 3 / Math.Sqrt(2 * Math.PI);
    }

    private static float[] Input(Unary function, int size)
    {
        var values = Values(size, 3, 3);
        if (function is Unary.Log or Unary.SquareRoot or Unary.ReciprocalSquareRoot)
            for (var i = 0; i < size; i++) values[i] = Math.Abs(values[i]) + 0.05f;
        return values;
    }

    [Theory, MemberData(nameof(Functions))]
    public void Values_are_those_of_double(Unary function)
    {
        foreach (var size in function == Unary.Relu ? Sizes : [1, 7, 16, 33, 20011])
        {
            var x = Input(function, size);
            var y = SameForAnyThreads(test =>
            {
                var result = test.Empty(size);
                test.Kernels.Apply(function, test.Of(x), result, First, Second);
                return result;
            });
            Close(i => Value(function, x[i]), y, 1e-6);
        }
    }

    [Theory, MemberData(nameof(Functions))]
    public void Slopes_are_differences_of_values(Unary function)
    {
        const int size = 1033;
        var x = Input(function, size);
        float[] dy = Values(size, 4), before = Values(size, 5);
        foreach (var accumulate in new[] { false, true })
        {
            var dx = SameForAnyThreads(test =>
            {
                Storage input = test.Of(x), y = test.Empty(size), result = accumulate ? test.Of(before) : test.Empty(size);
                test.Kernels.Apply(function, input, y, First, Second);
                test.Kernels.ApplyBackward(function, input, y, test.Of(dy), result, First, Second, accumulate);
                return result;
            });
            Close(i =>
                dy[i] * (Value(function, x[i] + 1e-6) - Value(function, x[i] - 1e-6)) / 2e-6 + (accumulate ? before[i] : 0), dx, 5e-6);
        }
    }

    [Theory, MemberData(nameof(Functions))]
    public void NaN_stays_in_its_place(Unary function)
    {
        foreach (var place in new[] { 0, 15, 16, 32 })
        {
            var x = Input(function, 33);
            x[place] = float.NaN;
            using var test = new KernelCase(1);
            Storage input = test.Of(x), y = test.Empty(33), dx = test.Empty(33);
            test.Kernels.Apply(function, input, y, First, Second);
            test.Kernels.ApplyBackward(function, input, y, y, dx, First, Second, false);
            var values = Floats(y);
            for (var i = 0; i < 33; i++) Assert.Equal(i == place, float.IsNaN(values[i]));
            Assert.True(float.IsNaN(Floats(dx)[place]));
        }
    }

    [Fact]
    public void Exponentials_are_exact_to_two_ulps_and_end_in_zero_and_infinity()
    {
        var x = new float[40001];
        for (var i = 0; i < x.Length; i++) x[i] = -87f + i * (175.5f / 40000);
        using var test = new KernelCase(1);
        var y = test.Empty(x.Length);
        test.Kernels.Apply(Unary.Exp, test.Of(x), y, 0, 0);
        var values = Floats(y);
        for (var i = 0; i < x.Length; i++) Assert.True(Math.Abs(values[i] / Math.Exp(x[i]) - 1) <= 2e-7, $"exp({x[i]}) = {values[i]}");
        float[] edges = [float.NegativeInfinity, -200, float.PositiveInfinity, 89, 200, 0];
        y = test.Empty(6);
        test.Kernels.Apply(Unary.Exp, test.Of(edges), y, 0, 0);
        Assert.Equal([0, 0, float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity, 1], Floats(y));
    }

    [Fact]
    public void Dropout_follows_the_counter_of_each_element()
    {
        var seed = new Seed(0x1234_5678_9ABC_DEF0);
        foreach (var size in Sizes)
        {
            var x = Values(size, 6);
            var y = SameForAnyThreads(test =>
            {
                var result = test.Empty(size);
                test.Kernels.Dropout(test.Of(x), result, 0.3, seed, false);
                return result;
            });
            Close(i =>
            {
                var (a, b, c, d) = seed.Block((ulong)i >> 2);
                var word = (i & 3) switch { 0 => a, 1 => b, 2 => c, _ => d };
                return (word >> 8) / (double)(1 << 24) >= 0.3 ? x[i] / 0.7 : 0;
            }, y, 1e-6);
        }
    }

    [Fact]
    public void Fill_copy_and_scale_write_every_element()
    {
        foreach (var size in Sizes)
        {
            float[] x = Values(size, 1), z = Values(size, 2);
            Close(_ => 2.5, SameForAnyThreads(test => { var y = test.Empty(size); test.Kernels.Fill(y, 2.5); return y; }), 0);
            Close(i =>
                x[i], SameForAnyThreads(test => { var y = test.Empty(size); test.Kernels.Copy(test.Of(x), y, false); return y; }), 0);
            Close(i =>
                x[i] + z[i], SameForAnyThreads(test => { var y = test.Of(z); test.Kernels.Copy(test.Of(x), y, true); return y; }), 1e-6);
            Close(i => 3 * x[i],
                SameForAnyThreads(test => { var y = test.Empty(size); test.Kernels.Scale(test.Of(x), 3, y, false); return y; }), 1e-6);
            Close(i => 3 * x[i]
                + z[i], SameForAnyThreads(test => { var y = test.Of(z); test.Kernels.Scale(test.Of(x), 3, y, true); return y; }), 1e-6);
        }
    }

    [Fact]
    public void Rows_are_gathered_and_added_back()
    {
        const int columns = 37;
        int[] ids = [4, 0, 4, 2];
        float[] table = Values(5 * columns, 1), rows = Values(4 * columns, 2);
        var gathered = SameForAnyThreads(test =>
            { var y = test.Empty(4 * columns); test.Kernels.GatherRows(test.Of(table), 5, test.Of(ids), 4, columns, y); return y; });
        Close(i => table[ids[i / columns] * columns + i % columns], gathered, 0);
        var added = SameForAnyThreads(test =>
            { var y = test.Of(table); test.Kernels.ScatterAddRows(test.Of(rows), test.Of(ids), 4, columns, y, 5); return y; });
        Close(i => table[i]
            + Enumerable.Range(0, 4).Where(r => ids[r] == i / columns).Sum(r => (double)rows[r * columns + i % columns]), added, 1e-6);
        using var test = new KernelCase(1);
        Assert.Contains("id 4 in row 0", Assert.Throws<RetortException>(() =>
            test.Kernels.GatherRows(test.Of(table), 4, test.Of(ids), 4, columns, test.Empty(1))).Message);
    }
}
