namespace Retort.Teachers.Onnx.Operators;

/// <summary>Where each element of a resized axis comes from: places in the old axis, with weights.</summary>
/// <param name="Places">One list an element.</param>
/// <param name="Weights">One weight a place.</param>
/// <param name="IsOutside">Whether an element lies beyond the old axis altogether; asked only when something is cropped.</param>
internal sealed record ResizeAxis(int[][] Places, double[][] Weights, bool[] IsOutside)
{
    /// <summary>How an axis is resized.</summary>
    /// <param name="Mode">nearest, linear or cubic.</param>
    /// <param name="Transformation">Name of the coordinate_transformation_mode.</param>
    /// <param name="Rounding">Name of the nearest_mode.</param>
    /// <param name="Cubic">Coefficient a of the cubic kernel (Keys 1981).</param>
    /// <param name="Smooths">Widens the kernel when the axis shrinks.</param>
    /// <param name="DropsOutside">Places outside count nothing, rather than as the edge.</param>
    internal sealed record Rule(string Mode, string Transformation, string Rounding, double Cubic, bool Smooths, bool DropsOutside);

    public static ResizeAxis Of(Rule rule, int from, int to, double scale, double start, double end)
    {
        var (places, weights, outside) = (new int[to][], new double[to][], new bool[to]);
        for (var i = 0; i < to; i++)
        {
            var at = Origin(rule.Transformation, i, from, to, scale, start, end);
            outside[i] = rule.Transformation == "tf_crop_and_resize" && (at < 0 || at > from - 1);
            (places[i], weights[i]) = rule.Mode == "nearest" ? ([Math.Clamp(Nearest(rule.Rounding, at), 0, from - 1)], [1])
                : Spread(rule, at, from, rule.Smooths ? Math.Min(scale, 1) : 1);
        }
        return new ResizeAxis(places, weights, outside);
    }

    private static double Origin(string transformation, int i, int from, int to, double scale, double start, double end)
    {
        var length = scale * from;
        return transformation switch
        {
            "asymmetric" => i / scale,
            "align_corners" => length == 1 ? 0 : i * (from - 1) / (length - 1),
            "pytorch_half_pixel" => length > 1 ? (i + 0.5) / scale - 0.5 : 0,
            "half_pixel_symmetric" => from / 2.0 * (1 - to / length) + (i + 0.5) / scale - 0.5,
            "tf_half_pixel_for_nn" => (i + 0.5) / scale,
            "tf_crop_and_resize" => (from - 1) * (to > 1 ? start + i * (end - start) / (to - 1) : (start + end) / 2),
            "half_pixel" => (i + 0.5) / scale - 0.5,
            _ => throw new ArgumentException($"the transformation '{transformation}' is not known"),
        };
    }

    private static int Nearest(string rounding, double at) => (int)(rounding switch
    {
        "floor" => Math.Floor(at),
        "ceil" => Math.Ceiling(at),
        "round_prefer_ceil" => Math.Floor(at + 0.5),
        _ => Math.Ceiling(at - 0.5),
    });

    private static (int[] Places, double[] Weights) Spread(Rule rule, double at, int from, double squeeze)
    {
        var reach = (rule.Mode == "linear" ? 1 : 2) / squeeze;
        var (first, last) = ((int)Math.Ceiling(at - reach), (int)Math.Floor(at + reach));
        var (places, weights) = (new int[last - first + 1], new double[last - first + 1]);
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = Math.Clamp(first + i, 0, from - 1);
            var distance = Math.Abs(first + i - at) * squeeze;
            var isDropped = rule.DropsOutside && places[i] != first + i;
            weights[i] = isDropped ? 0 : rule.Mode == "linear" ? Math.Max(0, 1 - distance) : Cubic(distance, rule.Cubic);
        }
        var sum = weights.Sum();
        return (places, rule.Smooths || rule.DropsOutside ? Array.ConvertAll(weights, weight => weight / sum) : weights);
    }

    /// <summary>Kernel of cubic convolution at a distance of 0 or more.</summary>
    public static double Cubic(double distance, double a) => distance switch
    {
        <= 1 => ((a + 2) * distance - (a + 3)) * distance * distance + 1,
        < 2 => ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a,
        _ => 0,
    };
}
