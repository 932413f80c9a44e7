using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Packing by 8×8 transposes in registers; see <see cref="TileSet"/> for the layouts.</summary>
internal static unsafe class Packing256
{
    private const int Lanes = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transposed(float* source, nint stride, int rows, nint depth, float* destination, nint width)
    {
        nint k = 0;
        for (; k + Lanes <= depth; k += Lanes)
        {
            var from = source + k;
            var r0 = Vector256.Load(from);
            var r1 = Row(from, stride, 1, rows);
            var r2 = Row(from, stride, 2, rows);
            var r3 = Row(from, stride, 3, rows);
            var r4 = Row(from, stride, 4, rows);
            var r5 = Row(from, stride, 5, rows);
            var r6 = Row(from, stride, 6, rows);
            var r7 = Row(from, stride, 7, rows);
            Quads(ref r0, ref r1, ref r2, ref r3);
            Quads(ref r4, ref r5, ref r6, ref r7);
            Halves(ref r0, ref r4);
            Halves(ref r1, ref r5);
            Halves(ref r2, ref r6);
            Halves(ref r3, ref r7);
            // k ascending: each store overwrites the surplus lanes of the one before
            var to = destination + k * width;
            r0.Store(to); to += width; r1.Store(to); to += width; r2.Store(to); to += width; r3.Store(to); to += width;
            r4.Store(to); to += width; r5.Store(to); to += width; r6.Store(to); to += width; r7.Store(to);
        }
        for (; k < depth; k++)
            for (var row = 0; row < rows; row++) destination[k * width + row] = source[row * stride + k];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Straight(float* source, nint stride, nint depth, float* destination, int width)
    {
        for (var k = depth; k > 0; k--)
        {
            Vector256.Load(source).Store(destination);
            source += stride;
            destination += width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panels(float* source, nint stride, nint depth, float* destination, int panels)
    {
        const int columns = MicroKernels256.Columns;
        for (var panel = 0; panel < panels; panel++)
        {
            var from = source + panel * columns;
            var to = destination + panel * columns * depth;
            for (var k = depth; k > 0; k--)
            {
                Vector256.Load(from).Store(to);
                Vector256.Load(from + Lanes).Store(to + Lanes);
                from += stride;
                to += columns;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Row(float* source, nint stride, int row, int rows) =>
        row < rows ? Vector256.Load(source + row * stride) : Vector256<float>.Zero;

    /// <summary>Transposes each 4×4 block that lies in one 128-bit lane of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quads(ref Vector256<float> r0, ref Vector256<float> r1, ref Vector256<float> r2, ref Vector256<float> r3)
    {
        var a = Avx.UnpackLow(r0, r1).AsDouble();
        var b = Avx.UnpackHigh(r0, r1).AsDouble();
        var c = Avx.UnpackLow(r2, r3).AsDouble();
        var d = Avx.UnpackHigh(r2, r3).AsDouble();
        r0 = Avx.UnpackLow(a, c).AsSingle();
        r1 = Avx.UnpackHigh(a, c).AsSingle();
        r2 = Avx.UnpackLow(b, d).AsSingle();
        r3 = Avx.UnpackHigh(b, d).AsSingle();
    }

    /// <summary>Exchanges the upper half of one row with the lower half of the row four below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves(ref Vector256<float> upper, ref Vector256<float> lower)
    {
        var low = Avx.Permute2x128(upper, lower, 0x20);
        lower = Avx.Permute2x128(upper, lower, 0x31);
        upper = low;
    }
}
