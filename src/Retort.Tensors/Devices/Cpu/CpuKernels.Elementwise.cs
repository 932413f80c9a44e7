using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

internal sealed unsafe partial class CpuKernels
{
    public override void Apply(Unary function, Storage x, Storage y, double first, double second)
    {
        switch (function)
        {
            case Unary.Negate: Apply<NegateFunction>(x, y, first, second); break;
            case Unary.Absolute: Apply<AbsoluteFunction>(x, y, first, second); break;
            case Unary.Exp: Apply<ExpFunction>(x, y, first, second); break;
            case Unary.Log: Apply<LogFunction>(x, y, first, second); break;
            case Unary.Square: Apply<SquareFunction>(x, y, first, second); break;
            case Unary.SquareRoot: Apply<SquareRootFunction>(x, y, first, second); break;
            case Unary.ReciprocalSquareRoot: Apply<ReciprocalSquareRootFunction>(x, y, first, second); break;
            case Unary.Relu: Apply<ReluFunction>(x, y, first, second); break;
            case Unary.Gelu: Apply<GeluFunction>(x, y, first, second); break;
            case Unary.GeluTanh: Apply<GeluTanhFunction>(x, y, first, second); break;
            case Unary.Silu: Apply<SiluFunction>(x, y, first, second); break;
            case Unary.Sigmoid: Apply<SigmoidFunction>(x, y, first, second); break;
            case Unary.Tanh: Apply<TanhFunction>(x, y, first, second); break;
            case Unary.Softplus: Apply<SoftplusFunction>(x, y, first, second); break;
            case Unary.LeakyRelu: Apply<LeakyReluFunction>(x, y, first, second); break;
            case Unary.Elu: Apply<EluFunction>(x, y, first, second); break;
            case Unary.HardSwish: Apply<HardSwishFunction>(x, y, first, second); break;
            case Unary.Mish: Apply<MishFunction>(x, y, first, second); break;
            case Unary.Clamp: Apply<ClampFunction>(x, y, first, second); break;
            case Unary.Erf: Apply<ErfFunction>(x, y, first, second); break;
            default: throw new ArgumentOutOfRangeException(nameof(function), function, null);
        }
    }

    public override void ApplyBackward(Unary function, Storage x, Storage y, Storage dy, Storage dx, double first, double second,
        bool accumulate)
    {
        switch (function)
        {
            case Unary.Negate: ApplyBackward<NegateFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Absolute: ApplyBackward<AbsoluteFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Exp: ApplyBackward<ExpFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Log: ApplyBackward<LogFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Square: ApplyBackward<SquareFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.SquareRoot: ApplyBackward<SquareRootFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.ReciprocalSquareRoot: ApplyBackward<ReciprocalSquareRootFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Relu: ApplyBackward<ReluFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Gelu: ApplyBackward<GeluFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.GeluTanh: ApplyBackward<GeluTanhFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Silu: ApplyBackward<SiluFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Sigmoid: ApplyBackward<SigmoidFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Tanh: ApplyBackward<TanhFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Softplus: ApplyBackward<SoftplusFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.LeakyRelu: ApplyBackward<LeakyReluFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Elu: ApplyBackward<EluFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.HardSwish: ApplyBackward<HardSwishFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Mish: ApplyBackward<MishFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Clamp: ApplyBackward<ClampFunction>(x, y, dy, dx, first, second, accumulate); break;
            case Unary.Erf: ApplyBackward<ErfFunction>(x, y, dy, dx, first, second, accumulate); break;
            default: throw new ArgumentOutOfRangeException(nameof(function), function, null);
        }
    }

    private void Apply<TFunction>(Storage x, Storage y, double first, double second) where TFunction : struct, IUnaryFunction =>
        ForRange(x.Length, ElementGrain, new UnaryWork<TFunction> { X = Floats(x), Y = Floats(y), A = (float)first, B = (float)second });

    private void ApplyBackward<TFunction>(Storage x, Storage y, Storage dy, Storage dx, double first, double second, bool accumulate)
        where TFunction : struct, IUnaryFunction =>
        // A function may need only one of x and y, so a missing one reads the other.
        ForRange(dy.Length, ElementGrain, new UnaryBackwardWork<TFunction>
        {
            X = Floats(x.Address == 0 ? y : x), Y = Floats(y.Address == 0 ? x : y), Dy = Floats(dy), Dx = Floats(dx),
            A = (float)first, B = (float)second, Accumulate = accumulate,
        });

    private struct UnaryWork<TFunction> : IRangeWork where TFunction : struct, IUnaryFunction
    {
        public float* X, Y;
        public float A, B;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            float* x = X, y = Y;
            Vector512<float> a = Vector512.Create(A), b = Vector512.Create(B);
            for (var i = start; i < end; i += Lanes.Count)
                Lanes.Store(y + i, end - i, TFunction.Value(Vector512.Load(x + i), a, b));
        }
    }

    private struct UnaryBackwardWork<TFunction> : IRangeWork where TFunction : struct, IUnaryFunction
    {
        public float* X, Y, Dy, Dx;
        public float A, B;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            float* x = X, y = Y, dy = Dy, dx = Dx;
            var accumulate = Accumulate;
            Vector512<float> a = Vector512.Create(A), b = Vector512.Create(B);
            for (var i = start; i < end; i += Lanes.Count)
            {
                var slope = TFunction.Slope(Vector512.Load(x + i), Vector512.Load(y + i), a, b);
                Lanes.Store(dx + i, end - i, Vector512.Load(dy + i) * slope, accumulate);
            }
        }
    }
}
