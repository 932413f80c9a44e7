using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Discrete Fourier transforms; complex numbers are pairs on the last axis.</summary>
internal static class FourierOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["DFT"] = call => [Transformed(call)],
        ["STFT"] = call => [ShortTime(call)],
    };

    private static OnnxArray Transformed(OperatorCall call)
    {
        var x = call.Array(0);
        var isOld = call.Opset < 20;
        var axis = Extents.Axis(isOld ? call.Int("axis", 1) : call.Optional(2)?.Long() ?? -2, x.Rank);
        var (isInverse, isOneSided) = (call.Int("inverse", 0) == 1, call.Int("onesided", 0) == 1);
        var turned = Reduced.Along(x, axis);
        var parts = x.Shape[^1];
        var source = turned.Rows.Doubles();
        // the pair stands before the transformed axis once that is last: [outer, parts, length]
        var given = turned.Length;
        // half a spectrum of a real signal: the other half is its mirror
        var isHalf = isInverse && isOneSided;
        var length = (int)(call.Optional(1)?.Long() ?? (isHalf ? 2 * (given - 1) : given));
        var kept = isOneSided && !isInverse ? length / 2 + 1 : length;
        var (turns, outer, shownParts) = (new Turns(length, isInverse ? 1 : -1), turned.Outer / parts, isHalf ? 1 : 2);
        var result = new double[outer * shownParts * kept];
        var (real, imaginary) = (new double[length], new double[length]);
        for (var row = 0; row < outer; row++)
        {
            Array.Clear(real);
            Array.Clear(imaginary);
            for (var i = 0; i < Math.Min(given, isHalf ? length / 2 + 1 : length); i++)
            {
                real[i] = source[row * parts * given + i];
                imaginary[i] = parts == 2 ? source[(row * parts + 1) * given + i] : 0;
                if (isHalf && i > 0) (real[length - i], imaginary[length - i]) = (real[i], -imaginary[i]);
            }
            for (var bin = 0; bin < kept; bin++)
            {
                var (first, second) = turns.At(real, imaginary, bin);
                var divisor = isInverse ? length : 1;
                result[row * shownParts * kept + bin] = first / divisor;
                if (shownParts == 2) result[(row * 2 + 1) * kept + bin] = second / divisor;
            }
        }
        int[] others = [.. x.Shape.Where((_, other) => other != axis && other != x.Rank - 1)];
        var rows = new OnnxArray<double>(OnnxType.Double, [.. others, shownParts, kept], result);
        long[] back = [.. Enumerable.Range(0, x.Rank).Select(other =>
            (long)(other == x.Rank - 1 ? x.Rank - 2 : other == axis ? x.Rank - 1 : other < axis ? other : other - 1))];
        return CastOperators.Cast(ShapeOperators.Transpose(rows, back), x.Type);
    }

    /// <summary>[batch, samples, 1 or 2] to [batch, frames, bins, 2].</summary>
    private static OnnxArray ShortTime(OperatorCall call)
    {
        var (x, step, window) = (call.Array(0), (int)call.Array(1).Long(), call.Optional(2)?.Doubles());
        var length = (int)(call.Optional(3)?.Long() ?? window?.Length ?? throw call.Refuse("neither a window nor a frame length is given"));
        var (batch, samples, parts) = (x.Shape[0], x.Shape[1], x.Rank > 2 ? x.Shape[2] : 1);
        var frames = samples < length ? 0 : (samples - length) / step + 1;
        var bins = call.Int("onesided", 1) == 1 ? length / 2 + 1 : length;
        var (source, turns) = (x.Doubles(), new Turns(length, -1));
        var (real, imaginary) = (new double[length], new double[length]);
        var result = new double[batch * frames * bins * 2];
        for (var row = 0; row < batch * frames; row++)
        {
            var from = row / frames * samples + row % frames * step;
            for (var i = 0; i < length; i++)
            {
                var weight = window?[i] ?? 1;
                real[i] = source[(from + i) * parts] * weight;
                imaginary[i] = parts == 2 ? source[(from + i) * 2 + 1] * weight : 0;
            }
            for (var bin = 0; bin < bins; bin++)
                (result[(row * bins + bin) * 2], result[(row * bins + bin) * 2 + 1]) = turns.At(real, imaginary, bin);
        }
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, [batch, frames, bins, 2], result), x.Type);
    }

    /// <summary>The roots of one, and sums with them.</summary>
    private sealed class Turns
    {
        private readonly double[] _cosines, _sines;

        public Turns(int length, int sign)
        {
            (_cosines, _sines) = (new double[length], new double[length]);
            for (var i = 0; i < length; i++) (_sines[i], _cosines[i]) = Math.SinCos(sign * 2 * Math.PI * i / length);
        }

        public (double Real, double Imaginary) At(double[] real, double[] imaginary, int bin)
        {
            double first = 0, second = 0;
            for (int i = 0, turn = 0; i < _cosines.Length; i++, turn = (int)(((long)turn + bin) % _cosines.Length))
            {
                first += real[i] * _cosines[turn] - imaginary[i] * _sines[turn];
                second += real[i] * _sines[turn] + imaginary[i] * _cosines[turn];
            }
            return (first, second);
        }
    }
}
