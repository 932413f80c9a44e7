namespace Retort.Teachers.Onnx.Operators;

/// <summary>Boxes of detectors.</summary>
internal static class RegionOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["NonMaxSuppression"] = call => [Suppressed(call)],
    };

    /// <summary>
    /// Boxes [N, count, 4] and scores [N, classes, count]: of each class the best boxes that do not overlap a better one too much, as
    /// rows of image, class and box.
    /// </summary>
    private static OnnxArray Suppressed(OperatorCall call)
    {
        var (boxes, scores) = (call.Array(0).Floats(), call.Array(1).Floats());
        var (images, classes, count) = (call.Array(1).Shape[0], call.Array(1).Shape[1], call.Array(1).Shape[2]);
        var (most, overlap) = (call.Optional(2)?.Long() ?? 0, call.Optional(3)?.Double() ?? 0);
        var least = call.Optional(4)?.Double() ?? double.NegativeInfinity;
        var centred = call.Int("center_point_box", 0) == 1;
        List<long> chosen = [];
        for (var row = 0; row < images * classes; row++)
        {
            var (image, from) = (row / classes, row * count);
            List<Box> kept = [];
            foreach (var i in Enumerable.Range(0, count).Where(i => scores[from + i] > least).OrderByDescending(i => scores[from + i]))
            {
                if (kept.Count >= most) break;
                var box = Box.Of(boxes.AsSpan((image * count + i) * 4, 4), centred);
                if (kept.Any(better => box.Overlap(better) > overlap)) continue;
                kept.Add(box);
                chosen.AddRange([image, row % classes, i]);
            }
        }
        return OnnxArray.Of([chosen.Count / 3, 3], chosen.ToArray());
    }

    private readonly record struct Box(float Top, float Left, float Bottom, float Right)
    {
        /// <summary>Two corners in any order, y first; or centre and size, x first.</summary>
        public static Box Of(ReadOnlySpan<float> numbers, bool centred) => centred
            ? new Box(numbers[1] - numbers[3] / 2, numbers[0] - numbers[2] / 2, numbers[1] + numbers[3] / 2, numbers[0] + numbers[2] / 2)
            : new Box(Math.Min(numbers[0], numbers[2]), Math.Min(numbers[1], numbers[3]), Math.Max(numbers[0], numbers[2]),
                Math.Max(numbers[1], numbers[3]));

        /// <summary>Area of both over area of either.</summary>
        public float Overlap(Box other)
        {
            var height = Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top);
            var width = Math.Min(Right, other.Right) - Math.Max(Left, other.Left);
            if (height <= 0 || width <= 0) return 0;
            return height * width / (Area + other.Area - height * width);
        }

        private float Area => (Bottom - Top) * (Right - Left);
    }
}
