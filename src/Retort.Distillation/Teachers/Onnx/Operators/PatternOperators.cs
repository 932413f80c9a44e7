using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Arrays that follow from a few numbers: diagonals, indicators, windows of signals, mel filters.</summary>
internal static class PatternOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["EyeLike"] = call => [Diagonal(call)],
        ["OneHot"] = call => [OneHot(call)],
        ["HannWindow"] = call => [Window(call, 0.5, 0.5, 0)],
        ["HammingWindow"] = call => [Window(call, 25.0 / 46, 21.0 / 46, 0)],
        ["BlackmanWindow"] = call => [Window(call, 0.42, 0.5, 0.08)],
        ["MelWeightMatrix"] = call => [MelFilters(call)],
    };

    private static OnnxArray Diagonal(OperatorCall call)
    {
        var x = call.Array(0);
        var (rows, columns, offset) = (x.Shape[0], x.Shape[1], call.Int("k", 0));
        var ones = new double[x.Count];
        for (var row = 0; row < rows; row++)
            if (row + offset >= 0 && row + offset < columns) ones[row * columns + row + offset] = 1;
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, x.Shape, ones), (OnnxType)call.Int("dtype", (long)x.Type));
    }

    /// <summary>Off and on values; an index outside the depth gives a row of off.</summary>
    private static OnnxArray OneHot(OperatorCall call)
    {
        var (indices, depth, values) = (call.Array(0), (int)call.Array(1).Long(), call.Array(2));
        var axis = Extents.Axis(call.Int("axis", -1), indices.Rank + 1);
        int[] shape = [.. indices.Shape[..axis], depth, .. indices.Shape[axis..]];
        var inner = Extents.Product(indices.Shape, axis, indices.Rank);
        var numbers = indices.Longs();
        var places = new int[Extents.Count(shape)];
        for (var i = 0; i < places.Length; i++)
        {
            var index = numbers[i / inner / depth * inner + i % inner];
            places[i] = (index < 0 ? index + depth : index) == i / inner % depth ? 1 : 0;
        }
        return values.Take(places, shape);
    }

    /// <summary>a − b cos(2πn/N) + c cos(4πn/N), where N is the size, or one less where the window does not repeat.</summary>
    private static OnnxArray Window(OperatorCall call, double a, double b, double c)
    {
        var size = (int)call.Array(0).Long();
        int[] shape = [size];
        var window = new double[Extents.Count(shape)];
        var turn = 2 * Math.PI / (call.Int("periodic", 1) == 1 ? size : size - 1);
        for (var i = 0; i < size; i++) window[i] = a - b * Math.Cos(turn * i) + c * Math.Cos(2 * turn * i);
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, shape, window), (OnnxType)call.Int("output_datatype", 1));
    }

    /// <summary>Triangles over the bins of a spectrum, evenly spaced in mel = 2595 log₁₀(1 + f/700).</summary>
    private static OnnxArray MelFilters(OperatorCall call)
    {
        var (count, length, rate) = ((int)call.Array(0).Long(), call.Array(1).Long(), call.Array(2).Long());
        var (low, high) = (Mel(call.Array(3).Double()), Mel(call.Array(4).Double()));
        var corners = new int[count + 2];
        for (var i = 0; i < corners.Length; i++)
        {
            var frequency = 700 * (Math.Pow(10, (low + i * (high - low) / corners.Length) / 2595) - 1);
            corners[i] = (int)Math.Floor((length + 1) * frequency / rate);
        }
        int[] shape = [(int)(length / 2 + 1), count];
        var weights = new double[Extents.Count(shape)];
        for (var filter = 0; filter < count; filter++)
        {
            var (start, centre, end) = (corners[filter], corners[filter + 1], corners[filter + 2]);
            for (var bin = start; bin <= centre; bin++)
                weights[bin * count + filter] = centre == start ? 1 : (double)(bin - start) / (centre - start);
            for (var bin = centre; bin < end; bin++) weights[bin * count + filter] = (double)(end - bin) / (end - centre);
        }
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, shape, weights), (OnnxType)call.Int("output_datatype", 1));
    }

    private static double Mel(double frequency) => 2595 * Math.Log10(1 + frequency / 700);
}
