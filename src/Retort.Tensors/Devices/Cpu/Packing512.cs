using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Packing by 16×16 transposes in registers; see <see cref="TileSet"/> for the layouts.</summary>
internal static unsafe class Packing512
{
    private const int Lanes = 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transposed(float* source, nint stride, int rows, nint depth, float* destination, nint width)
    {
        nint k = 0;
        for (; k + Lanes <= depth; k += Lanes)
        {
            var from = source + k;
            var r0 = Vector512.Load(from);
            var r1 = Row(from, stride, 1, rows);
            var r2 = Row(from, stride, 2, rows);
            var r3 = Row(from, stride, 3, rows);
            var r4 = Row(from, stride, 4, rows);
            var r5 = Row(from, stride, 5, rows);
            var r6 = Row(from, stride, 6, rows);
            var r7 = Row(from, stride, 7, rows);
            var r8 = Row(from, stride, 8, rows);
            var r9 = Row(from, stride, 9, rows);
            var r10 = Row(from, stride, 10, rows);
            var r11 = Row(from, stride, 11, rows);
            var r12 = Row(from, stride, 12, rows);
            var r13 = Row(from, stride, 13, rows);
            var r14 = Row(from, stride, 14, rows);
            var r15 = Row(from, stride, 15, rows);
            Quads(ref r0, ref r1, ref r2, ref r3);
            Quads(ref r4, ref r5, ref r6, ref r7);
            Quads(ref r8, ref r9, ref r10, ref r11);
            Quads(ref r12, ref r13, ref r14, ref r15);
            Lines(ref r0, ref r4, ref r8, ref r12);
            Lines(ref r1, ref r5, ref r9, ref r13);
            Lines(ref r2, ref r6, ref r10, ref r14);
            Lines(ref r3, ref r7, ref r11, ref r15);
            // k ascending: each store overwrites the surplus lanes of the one before
            var to = destination + k * width;
            r0.Store(to); to += width; r1.Store(to); to += width; r2.Store(to); to += width; r3.Store(to); to += width;
            r4.Store(to); to += width; r5.Store(to); to += width; r6.Store(to); to += width; r7.Store(to); to += width;
            r8.Store(to); to += width; r9.Store(to); to += width; r10.Store(to); to += width; r11.Store(to); to += width;
            r12.Store(to); to += width; r13.Store(to); to += width; r14.Store(to); to += width; r15.Store(to);
        }
        for (; k < depth; k++)
            for (var row = 0; row < rows; row++) destination[k * width + row] = source[row * stride + k];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Straight(float* source, nint stride, nint depth, float* destination, int width)
    {
        for (var k = depth; k > 0; k--)
        {
            Vector512.Load(source).Store(destination);
            source += stride;
            destination += width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panels(float* source, nint stride, nint depth, float* destination, int panels)
    {
        const int columns = MicroKernels512.Columns;
        if (panels == 1)
        {
            for (var k = depth; k > 0; k--)
            {
                Vector512.Load(source).Store(destination);
                Vector512.Load(source + 16).Store(destination + 16);
                source += stride;
                destination += columns;
            }
            return;
        }
        var second = destination + columns * depth;
        for (var k = depth; k > 0; k--)
        {
            var a = Vector512.Load(source);
            var b = Vector512.Load(source + 16);
            var c = Vector512.Load(source + 32);
            var d = Vector512.Load(source + 48);
            a.Store(destination);
            b.Store(destination + 16);
            c.Store(second);
            d.Store(second + 16);
            source += stride;
            destination += columns;
            second += columns;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Row(float* source, nint stride, int row, int rows) =>
        row < rows ? Vector512.Load(source + row * stride) : Vector512<float>.Zero;

    /// <summary>Transposes each 4×4 block that lies in one 128-bit lane of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quads(ref Vector512<float> r0, ref Vector512<float> r1, ref Vector512<float> r2, ref Vector512<float> r3)
    {
        var a = Avx512F.UnpackLow(r0, r1).AsDouble();
        var b = Avx512F.UnpackHigh(r0, r1).AsDouble();
        var c = Avx512F.UnpackLow(r2, r3).AsDouble();
        var d = Avx512F.UnpackHigh(r2, r3).AsDouble();
        r0 = Avx512F.UnpackLow(a, c).AsSingle();
        r1 = Avx512F.UnpackHigh(a, c).AsSingle();
        r2 = Avx512F.UnpackLow(b, d).AsSingle();
        r3 = Avx512F.UnpackHigh(b, d).AsSingle();
    }

    /// <summary>Transposes the 4×4 block of 128-bit lanes of four rows that are four apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Lines(ref Vector512<float> r0, ref Vector512<float> r1, ref Vector512<float> r2, ref Vector512<float> r3)
    {
        var a = Shuffle(r0, r1, 0x88);
        var b = Shuffle(r0, r1, 0xdd);
        var c = Shuffle(r2, r3, 0x88);
        var d = Shuffle(r2, r3, 0xdd);
        r0 = Shuffle(a, c, 0x88);
        r1 = Shuffle(b, d, 0x88);
        r2 = Shuffle(a, c, 0xdd);
        r3 = Shuffle(b, d, 0xdd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Shuffle(Vector512<float> a, Vector512<float> b, [ConstantExpected] byte control) =>
        Avx512F.Shuffle4x128(a, b, control);
}
