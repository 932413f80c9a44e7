using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void Gate(Unary function, Storage x, long rows, long columns, Storage y)
    {
        switch (function)
        {
            case Unary.Silu: Gate<SiluFunction>(x, rows, columns, y); break;
            case Unary.Gelu: Gate<GeluFunction>(x, rows, columns, y); break;
            case Unary.GeluTanh: Gate<GeluTanhFunction>(x, rows, columns, y); break;
            case Unary.Sigmoid: Gate<SigmoidFunction>(x, rows, columns, y); break;
            case Unary.Relu: Gate<ReluFunction>(x, rows, columns, y); break;
            default: throw new ArgumentOutOfRangeException(nameof(function), function, null);
        }
    }

    public override void GateBackward(Unary function, Storage x, long rows, long columns, Storage dy, Storage dx, bool accumulate)
    {
        switch (function)
        {
            case Unary.Silu: GateBackward<SiluFunction>(x, rows, columns, dy, dx, accumulate); break;
            case Unary.Gelu: GateBackward<GeluFunction>(x, rows, columns, dy, dx, accumulate); break;
            case Unary.GeluTanh: GateBackward<GeluTanhFunction>(x, rows, columns, dy, dx, accumulate); break;
            case Unary.Sigmoid: GateBackward<SigmoidFunction>(x, rows, columns, dy, dx, accumulate); break;
            case Unary.Relu: GateBackward<ReluFunction>(x, rows, columns, dy, dx, accumulate); break;
            default: throw new ArgumentOutOfRangeException(nameof(function), function, null);
        }
    }

    private void Gate<TFunction>(Storage x, long rows, long columns, Storage y) where TFunction : struct, IUnaryFunction =>
        ForRange(rows, RowGrain(2 * columns), new GateWork<TFunction> { X = Floats(x), Columns = columns, Y = Floats(y) });

    private void GateBackward<TFunction>(Storage x, long rows, long columns, Storage dy, Storage dx, bool accumulate) where TFunction
        : struct, IUnaryFunction =>
        ForRange(rows, RowGrain(2 * columns), new GateBackwardWork<TFunction> { X = Floats(x), Columns = columns, Dy = Floats(dy),
            Dx = Floats(dx), Accumulate = accumulate });

    private struct GateWork<TFunction> : IRangeWork where TFunction : struct, IUnaryFunction
    {
        public float* X, Y;
        public long Columns;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            var columns = Columns;
            for (var row = start; row < end; row++)
            {
                float* gate = X + 2 * row * columns, up = gate + columns, y = Y + row * columns;
                for (var i = 0L; i < columns; i += Lanes.Count)
                    Lanes.Store(y + i, columns - i, TFunction.Value(Vector512.Load(gate + i), default, default) * Vector512.Load(up + i));
            }
        }
    }

    private struct GateBackwardWork<TFunction> : IRangeWork where TFunction : struct, IUnaryFunction
    {
        public float* X, Dy, Dx;
        public long Columns;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            var columns = Columns;
            var accumulate = Accumulate;
            for (var row = start; row < end; row++)
            {
                float* gate = X + 2 * row * columns, up = gate + columns, dy = Dy + row * columns, dGate = Dx
                    + 2 * row * columns, dUp = dGate + columns;
                for (var i = 0L; i < columns; i += Lanes.Count)
                {
                    Vector512<float> input = Vector512.Load(gate + i), other = Vector512.Load(up + i), upstream = Vector512.Load(dy + i);
                    var value = TFunction.Value(input, default, default);
                    Lanes.Store(dGate + i, columns - i, upstream * TFunction.Slope(input, value, default, default) * other, accumulate);
                    Lanes.Store(dUp + i, columns - i, upstream * value, accumulate);
                }
            }
        }
    }
}
