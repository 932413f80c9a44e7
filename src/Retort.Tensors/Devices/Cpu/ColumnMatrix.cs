using System.Runtime.CompilerServices;

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
