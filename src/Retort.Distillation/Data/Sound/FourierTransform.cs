using Retort.Tensors;

namespace Retort.Data.Sound;

/// <summary>X_k = Σ_n x_n·e^(−2πikn/N) of real numbers, N a power of two, in N·log N (Cooley and Tukey 1965).</summary>
public sealed class FourierTransform
{
    private readonly int _size;
    private readonly double[] _cosines, _sines;

    /// <param name="size">N.</param>
    public FourierTransform(int size)
    {
        if (size < 2 || (size & (size - 1)) != 0)
            throw new RetortException("Fourier transform", $"a size of {size}.", "a power of two, 2 or more.");
        _size = size;
        (_cosines, _sines) = (new double[size / 2], new double[size / 2]);
        for (var i = 0; i < size / 2; i++) (_sines[i], _cosines[i]) = Math.SinCos(-2 * Math.PI * i / size);
    }

    /// <param name="x">[N]</param>
    /// <param name="power">[N/2 + 1] receives |X_k|².</param>
    public void Power(ReadOnlySpan<double> x, Span<double> power)
    {
        var (real, imaginary) = (new double[_size], new double[_size]);
        for (int i = 0, place = 0; i < _size; i++)
        {
            real[place] = x[i];
            for (var bit = _size >> 1; bit > 0; bit >>= 1) // place counts with its bits in reverse
                if (((place ^= bit) & bit) != 0) break;
        }
        for (var half = 1; half < _size; half *= 2)
            for (var start = 0; start < _size; start += 2 * half)
                for (var k = 0; k < half; k++)
                {
                    var (cosine, sine) = (_cosines[k * (_size / 2 / half)], _sines[k * (_size / 2 / half)]);
                    int low = start + k, high = low + half;
                    var (turnedReal, turnedImaginary) =
                        (real[high] * cosine - imaginary[high] * sine, real[high] * sine + imaginary[high] * cosine);
                    (real[high], imaginary[high]) = (real[low] - turnedReal, imaginary[low] - turnedImaginary);
                    (real[low], imaginary[low]) = (real[low] + turnedReal, imaginary[low] + turnedImaginary);
                }
        for (var k = 0; k <= _size / 2; k++) power[k] = real[k] * real[k] + imaginary[k] * imaginary[k];
    }
}
