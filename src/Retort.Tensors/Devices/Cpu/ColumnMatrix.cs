using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// A convolution as a matrix: row (channel, kernel row, kernel column), column (output pixel); the element is the input that
/// this weight meets there, 0 in the padding.
/// </summary>
internal static unsafe class ColumnMatrix
{
    /// <summary>Fills the columns of one image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(in Window window, float* image, int channels, float* columns, nint stride)
    {
        nint width = (nint)window.InputWidth, outputs = (nint)window.OutputWidth;
        for (var channel = 0; channel < channels; channel++, image += window.InputHeight * width)
            for (var kernelRow = 0; kernelRow < window.KernelHeight; kernelRow++)
                for (var kernelColumn = 0; kernelColumn < window.KernelWidth; kernelColumn++, columns += stride)
                {
                    var (first, end) = Inside(window, kernelColumn);
                    var shift = (nint)kernelColumn * window.Dilation - window.Padding;
                    if (window.Stride == 1 && Avx512F.IsSupported)
                    {
                        GatherMasked(window, image + shift, kernelRow, first, end, columns);
                        continue;
                    }
                    for (nint y = 0; y < window.OutputHeight; y++)
                    {
                        var to = columns + y * outputs;
                        var row = y * window.Stride - window.Padding + (nint)kernelRow * window.Dilation;
                        if (row < 0 || row >= window.InputHeight)
                        {
                            FloatRows.Clear(to, outputs);
                            continue;
                        }
                        var from = image + row * width + shift;
                        FloatRows.Clear(to, first);
                        if (window.Stride == 1) FloatRows.Copy(from + first, to + first, end - first);
                        else
                            for (var x = first; x < end; x++) to[x] = from[x * window.Stride];
                        FloatRows.Clear(to + end, outputs - end);
                    }
                }
    }

    /// <summary>The transpose of <see cref="Gather"/>: adds each element to the input that it came from, in a fixed order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScatterAdd(in Window window, float* columns, nint stride, int channels, float* image)
    {
        nint width = (nint)window.InputWidth, outputs = (nint)window.OutputWidth;
        for (var channel = 0; channel < channels; channel++, image += window.InputHeight * width)
            for (var kernelRow = 0; kernelRow < window.KernelHeight; kernelRow++)
                for (var kernelColumn = 0; kernelColumn < window.KernelWidth; kernelColumn++, columns += stride)
                {
                    var (first, end) = Inside(window, kernelColumn);
                    var shift = (nint)kernelColumn * window.Dilation - window.Padding;
                    if (window.Stride == 1 && Avx512F.IsSupported)
                    {
                        ScatterMasked(window, columns, kernelRow, first, end, image + shift);
                        continue;
                    }
                    for (nint y = 0; y < window.OutputHeight; y++)
                    {
                        var row = y * window.Stride - window.Padding + (nint)kernelRow * window.Dilation;
                        if (row < 0 || row >= window.InputHeight) continue;
                        var from = columns + y * outputs;
                        var to = image + row * width + shift;
                        if (window.Stride == 1) FloatRows.Add(from + first, to + first, end - first);
                        else
                            for (var x = first; x < end; x++) to[x * window.Stride] += from[x];
                    }
                }
    }

    /// <summary>
    /// One row of the matrix at stride 1: padding and copy in one masked load and store (a masked lane is never touched).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GatherMasked(in Window window, float* image, int kernelRow, nint first, nint end, float* columns)
    {
        nint width = (nint)window.InputWidth, outputs = (nint)window.OutputWidth, height = (nint)window.InputHeight,
            rows = (nint)window.OutputHeight;
        var top = (nint)kernelRow * window.Dilation - window.Padding;
        for (nint column = 0; column < outputs; column += Vector512<float>.Count)
        {
            var written = Below(outputs - column);
            var read = Vector512.AndNot(Below(end - column), Below(first - column));
            for (nint y = 0; y < rows; y++)
            {
                var row = y + top;
                var values = row < 0 || row >= height
                    ? Vector512<float>.Zero
                    : Avx512F.MaskLoad(image + (row * width + column), read, Vector512<float>.Zero);
                Avx512F.MaskStore(columns + (y * outputs + column), written, values);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScatterMasked(in Window window, float* columns, int kernelRow, nint first, nint end, float* image)
    {
        nint width = (nint)window.InputWidth, outputs = (nint)window.OutputWidth, height = (nint)window.InputHeight;
        var top = (nint)kernelRow * window.Dilation - window.Padding;
        nint firstRow = Math.Max(0, -top), endRow = Math.Min((nint)window.OutputHeight, height - top);
        for (nint column = 0; column < outputs; column += Vector512<float>.Count)
        {
            var inside = Vector512.AndNot(Below(end - column), Below(first - column));
            for (var y = firstRow; y < endRow; y++)
            {
                var to = image + ((y + top) * width + column);
                var values = Avx512F.MaskLoad(columns + (y * outputs + column), inside, Vector512<float>.Zero);
                Avx512F.MaskStore(to, inside, Avx512F.MaskLoad(to, inside, Vector512<float>.Zero) + values);
            }
        }
    }

    /// <summary>True in lanes below the count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Below(nint count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)Math.Clamp(count, 0, Vector512<float>.Count))).AsSingle();

    /// <summary>Output columns [first, end) whose input lies inside the image.</summary>
    public static (nint First, nint End) Inside(in Window window, int kernelColumn)
    {
        var outputs = window.OutputWidth;
        var offset = window.Padding - (long)kernelColumn * window.Dilation;
        var first = Math.Clamp(CeilingOfQuotient(offset, window.Stride), 0, outputs);
        var end = Math.Clamp(CeilingOfQuotient(window.InputWidth + offset, window.Stride), first, outputs);
        return ((nint)first, (nint)end);
    }

    private static long CeilingOfQuotient(long numerator, long divisor) => numerator <= 0 ? 0 : (numerator + divisor - 1) / divisor;
}
