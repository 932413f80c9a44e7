namespace Retort.Tensors.Devices.Reference;

/// <summary>Matrix products and linear layers.</summary>
internal sealed partial class ReferenceKernels
{
    public override void MatMul(long batch, long m, long n, long k, Storage a, long aStride, bool transposeA, Storage b, long bStride,
        bool transposeB, Storage c, long cStride, bool accumulate)
    {
        Span<double> left = Reals(a), right = Reals(b, n), result = Reals(c); // a narrow matrix is the transposed weight of a layer
        for (var item = 0L; item < batch; item++)
            for (var row = 0L; row < m; row++)
                for (var column = 0L; column < n; column++)
                {
                    var sum = 0.0;
                    for (var i = 0L; i < k; i++)
                    {
                        var x = left[(int)(item * aStride + (transposeA ? i * m + row : row * k + i))];
                        var y = right[(int)(item * bStride + (transposeB ? column * k + i : i * n + column))];
                        sum += x * y;
                    }
                    Put(ref result[(int)(item * cStride + row * n + column)], sum, accumulate || (cStride == 0 && item > 0));
                }
    }

    public override void Linear(long rows, long inputs, long outputs, Storage x, Storage weight, Storage bias, Activation activation,
        Storage y, Storage preActivation, Storage residual = default)
    {
        MatMul(1, rows, outputs, inputs, x, 0, false, weight, 0, true, y, 0, false);
        Span<double> values = Reals(y), biases = Reals(bias), before = Reals(preActivation), others = Reals(residual);
        for (var i = 0; i < rows * outputs; i++)
        {
            if (biases.Length > 0) values[i] += biases[(int)(i % outputs)];
            if (before.Length > 0) before[i] = values[i];
            if (activation != Activation.None) values[i] = Function(Named(activation), values[i], 0, 0);
            if (others.Length > 0) values[i] += others[i];
        }
    }

    public override void LinearBackward(long rows, long outputs, Activation activation, Storage y, Storage preActivation, Storage dy,
        Storage dz, Storage biasGradient, bool accumulateBias)
    {
        Span<double> after = Reals(y), before = Reals(preActivation), upstream = Reals(dy), result = Reals(dz), sums = Reals(biasGradient);
        for (var i = 0; i < rows * outputs; i++)
            result[i] = upstream[i] * (activation == Activation.None
                ? 1
                : Slope(Named(activation), before.Length > 0 ? before[i] : after[i], after[i], 0, 0));
        for (var column = 0; column < sums.Length; column++)
        {
            var sum = 0.0;
            for (var row = 0; row < rows; row++) sum += result[(int)(row * outputs + column)];
            Put(ref sums[column], sum, accumulateBias);
        }
    }

    private static Unary Named(Activation activation) => activation switch
    {
        Activation.Relu => Unary.Relu,
        Activation.Gelu => Unary.Gelu,
        Activation.Silu => Unary.Silu,
        _ => Unary.Tanh,
    };
}
