using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Images read at free coordinates, which lie between −1 and 1 (spatial transformers, Jaderberg et al. 2015).</summary>
internal static class GridOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["GridSample"] = call => [Sample(call)],
        ["AffineGrid"] = call => [AffineGrid(call.Array(0), Extents.Of(call.Array(1).Longs()), call.Int("align_corners", 0) == 1)],
    };

    /// <summary>Beyond this no array reaches.</summary>
    private const double FarthestPlace = 1 << 30;

    private sealed record Rule(string Mode, string Padding, bool AlignsCorners);

    /// <summary>theta [N, d, d+1] applied to the grid of each size; coordinates come out with x first.</summary>
    private static OnnxArray AffineGrid(OnnxArray theta, int[] size, bool alignsCorners)
    {
        var dimensions = size.Length - 2;
        var (space, matrix) = (size[2..], theta.Doubles());
        var strides = Extents.Strides(space);
        var points = Extents.Count(space);
        var grid = new double[size[0] * points * dimensions];
        for (var row = 0; row < size[0] * points; row++)
            for (var to = 0; to < dimensions; to++)
            {
                var from = (row / points * dimensions + to) * (dimensions + 1);
                var sum = matrix[from + dimensions];
                for (var axis = 0; axis < dimensions; axis++)
                {
                    var extent = space[dimensions - 1 - axis];
                    var index = row % points / strides[dimensions - 1 - axis] % extent;
                    var place = !alignsCorners ? (2.0 * index + 1) / extent - 1 : extent == 1 ? 0 : 2.0 * index / (extent - 1) - 1;
                    sum += matrix[from + axis] * place;
                }
                grid[row * dimensions + to] = sum;
            }
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, [size[0], .. space, dimensions], grid), theta.Type);
    }

    private static OnnxArray Sample(OperatorCall call)
    {
        var (x, grid) = (call.Array(0), call.Array(1));
        var mode = call.Text("mode", "linear");
        var rule = new Rule(mode is "bilinear" ? "linear" : mode is "bicubic" ? "cubic" : mode, call.Text("padding_mode", "zeros"),
            call.Int("align_corners", 0) == 1);
        var (space, dimensions) = (x.Shape[2..], x.Rank - 2);
        var (channels, size) = (x.Shape[1], Extents.Count(space));
        var points = Extents.Product(grid.Shape, 1, grid.Rank - 1);
        var (data, places, strides) = (x.Doubles(), grid.Doubles(), Extents.Strides(space));
        var y = new double[x.Shape[0] * channels * points];
        for (var row = 0; row < x.Shape[0] * points; row++)
        {
            // the points around, axis by axis: each known one meets all on the next axis
            List<(int Place, double Weight)> around = [(0, 1)];
            for (var axis = 0; axis < dimensions; axis++)
            {
                var near = Near(rule, places[row * dimensions + dimensions - 1 - axis], space[axis]);
                var stride = strides[axis];
                around = [.. around.SelectMany(point =>
                    near.Select(next => (point.Place + next.Place * stride, point.Weight * next.Weight)))];
            }
            for (var channel = 0; channel < channels; channel++)
            {
                var from = (row / points * channels + channel) * size;
                var sum = 0.0;
                foreach (var (place, weight) in around) sum += weight * data[from + place];
                y[(row / points * channels + channel) * points + row % points] = sum;
            }
        }
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, [x.Shape[0], channels, .. grid.Shape[1..^1]], y), x.Type);
    }

    /// <summary>Indices around a coordinate, without those that count as zero.</summary>
    private static IEnumerable<(int Place, double Weight)> Near(Rule rule, double coordinate, int extent)
    {
        var at = rule.AlignsCorners ? (coordinate + 1) / 2 * (extent - 1) : ((coordinate + 1) * extent - 1) / 2;
        if (rule.Mode == "nearest") at = Math.Round(at, MidpointRounding.ToEven);
        at = Inside(rule, at, extent);
        if (!(Math.Abs(at) < FarthestPlace)) yield break;
        var floor = (int)Math.Floor(at);
        var (first, last) = rule.Mode switch { "nearest" => (floor, floor), "linear" => (floor, floor + 1), _ => (floor - 1, floor + 2) };
        for (var index = first; index <= last; index++)
        {
            var weight = rule.Mode switch
            {
                "nearest" => 1,
                "linear" => 1 - Math.Abs(index - at),
                _ => ResizeAxis.Cubic(Math.Abs(index - at), -0.75),
            };
            var place = rule.Padding == "zeros" ? index : (int)Inside(rule, index, extent);
            if (place >= 0 && place < extent) yield return (place, weight);
        }
    }

    private static double Inside(Rule rule, double at, int extent)
    {
        if (rule.Padding == "border") return Math.Clamp(at, 0, extent - 1);
        if (rule.Padding != "reflection") return at;
        var (low, high) = rule.AlignsCorners ? (0.0, extent - 1.0) : (-0.5, extent - 0.5);
        var range = high - low;
        if (range <= 0) return 0;
        var beyond = Math.Abs(at - low) % (2 * range);
        return low + (beyond > range ? 2 * range - beyond : beyond);
    }
}
