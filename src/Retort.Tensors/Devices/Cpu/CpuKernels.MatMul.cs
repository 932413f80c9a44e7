namespace Retort.Tensors.Devices.Cpu;

/// <summary>Matrix products and linear layers.</summary>
internal sealed unsafe partial class CpuKernels
{
    // Batches of products below these sizes go one a thread, without barriers.
    private const double SmallProduct = 4e6, MiddleProduct = 64e6;
    private const long ManyProducts = 8, ColumnsInStrip = 128;

    public override void MatMul(long batch, long m, long n, long k, Storage a, long aStride, bool transposeA, Storage b, long bStride,
        bool transposeB, Storage c, long cStride, bool accumulate)
    {
        if (batch == 0 || m == 0 || n == 0) return;
        if (batch > 1 && bStride == 0 && !transposeA && aStride == m * k && cStride == m * n) // one tall product
            (m, batch) = (batch * m, 1);
        var left = new Operand(Floats(a), transposeA ? m : k, transposeA);
        var right = new Operand(Floats(b), transposeB ? k : n, transposeB);
        var product = new Product(m, n, k, left, right, Floats(c), n, accumulate);
        if (batch == 1)
        {
            _multiplier.Multiply(product);
            return;
        }
        var apart = cStride != 0 && (product.Operations < SmallProduct || (batch >= ManyProducts && product.Operations < MiddleProduct));
        if (apart)
        {
            var items = new BatchItems { First = product, StrideA = aStride, StrideB = bStride, StrideC = cStride,
                Multiplier = _multiplier.Handle };
            _pool.For(batch, items);
            return;
        }
        for (var i = 0L; i < batch; i++)
        {
            var item = product;
            item.A = left.Moved(i * aStride);
            item.B = right.Moved(i * bStride);
            item.C += i * cStride;
            item.Accumulate |= cStride == 0 && i > 0; // a shared destination takes the sum
            _multiplier.Multiply(item);
        }
    }

    public override void Linear(long rows, long inputs, long outputs, Storage x, Storage weight, Storage bias, Activation activation,
        Storage y, Storage preActivation, Storage residual = default)
    {
        var weights = weight.IsNarrow
            ? new Operand(null, inputs, true) { Narrow = new NarrowMatrix(weight, inputs) }
            : new Operand(Floats(weight), inputs, true);
        var product = new Product(rows, outputs, inputs, new Operand(Floats(x), inputs, false), weights, Floats(y), outputs, false)
        {
            Epilogue = new Epilogue { Bias = Floats(bias), Activation = activation, PreActivation = Floats(preActivation),
                Residual = Floats(residual) },
        };
        _multiplier.Multiply(product);
    }

    public override void LinearBackward(long rows, long outputs, Activation activation, Storage y, Storage preActivation, Storage dy,
        Storage dz, Storage biasGradient, bool accumulateBias)
    {
        var strips = new Strips
        {
            Rows = rows, Columns = outputs, Activation = activation,
            Saved = Floats(activation is Activation.Gelu or Activation.Silu ? preActivation : y),
            Gradient = Floats(dy), Result = Floats(dz), Sums = Floats(biasGradient), Accumulate = accumulateBias,
        };
        _pool.For((outputs + ColumnsInStrip - 1) / ColumnsInStrip, strips);
    }

    private struct BatchItems : IChunkJob
    {
        public Product First;
        public long StrideA, StrideB, StrideC;
        public nint Multiplier;

        public readonly void Run(long chunk, int thread)
        {
            var item = First;
            item.A = First.A.Moved(chunk * StrideA);
            item.B = First.B.Moved(chunk * StrideB);
            item.C += chunk * StrideC;
            MatrixMultiplier.From(Multiplier).MultiplyHere(item, thread);
        }
    }

    /// <summary>A thread owns a strip of columns and walks its rows in order, so the sums are the same for any thread count.</summary>
    private struct Strips : IChunkJob
    {
        public long Rows, Columns;
        public Activation Activation;
        public float* Saved, Gradient, Result, Sums;
        public bool Accumulate;

        public readonly void Run(long chunk, int thread)
        {
            var first = chunk * ColumnsInStrip;
            var width = (int)Math.Min(ColumnsInStrip, Columns - first);
            if (Sums != null && !Accumulate) new Span<float>(Sums + first, width).Clear();
            for (var row = 0L; row < Rows; row++)
            {
                var offset = row * Columns + first;
                if (Activation != Activation.None || Result != Gradient)
                    ActivationRows.Differentiate(Activation, Saved + offset, Gradient + offset, Result + offset, width);
                if (Sums != null) FloatRows.Add(Result + offset, Sums + first, width);
            }
        }
    }
}
