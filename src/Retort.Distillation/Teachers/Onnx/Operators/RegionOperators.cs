using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Boxes of detectors.</summary>
internal static class RegionOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["NonMaxSuppression"] = call => [Suppressed(call)],
        ["RoiAlign"] = call => [Aligned(call)],
        ["MaxRoiPool"] = call => [Pooled(call)],
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

    /// <summary>
    /// Boxes [count, 4] of the images [N, C, H, W] as [count, C, height, width]: in each cell the mean, or largest, of points read between
    /// pixels (He et al. 2017).
    /// </summary>
    private static OnnxArray Aligned(OperatorCall call)
    {
        var (x, boxes, images) = (call.Array(0), call.Array(1).Doubles(), call.Array(2).Longs());
        var (channels, height, width) = (x.Shape[1], x.Shape[2], x.Shape[3]);
        var (rows, columns) = ((int)call.Int("output_height", 1), (int)call.Int("output_width", 1));
        var (scale, ratio, takesMaximum) = (call.Float("spatial_scale", 1), (int)call.Int("sampling_ratio", 0), call.Text("mode", "avg") == "max");
        var isHalf = call.Opset >= 16 && call.Text("coordinate_transformation_mode", "half_pixel") == "half_pixel";
        var (data, y) = (x.Doubles(), new double[images.Length * channels * rows * columns]);
        for (var i = 0; i < y.Length; i++)
        {
            var (row, column, channel, box) = (i / columns % rows, i % columns, i / columns / rows % channels,
                i / columns / rows / channels);
            var (shift, least) = isHalf ? (0.5, 0.0) : (0.0, 1.0);
            var (left, top) = (boxes[box * 4] * scale - shift, boxes[box * 4 + 1] * scale - shift);
            var cellWidth = Math.Max(boxes[box * 4 + 2] * scale - shift - left, least) / columns;
            var cellHeight = Math.Max(boxes[box * 4 + 3] * scale - shift - top, least) / rows;
            var down = ratio > 0 ? ratio : (int)Math.Ceiling(cellHeight);
            var along = ratio > 0 ? ratio : (int)Math.Ceiling(cellWidth);
            var plane = data.AsSpan((SelectionOperators.Index(images[box], x.Shape[0]) * channels + channel) * height * width,
                height * width);
            var (sum, most) = (0.0, double.NegativeInfinity);
            for (var point = 0; point < down * along; point++)
            {
                var value = Between(plane, height, width, top + (row + (point / along + 0.5) / down) * cellHeight,
                    left + (column + (point % along + 0.5) / along) * cellWidth);
                (sum, most) = (sum + value, Math.Max(most, value));
            }
            y[i] = takesMaximum ? most : sum / Math.Max(down * along, 1);
        }
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, [images.Length, channels, rows, columns], y), x.Type);
    }

    /// <summary>Between four pixels; more than one pixel outside there is nothing.</summary>
    private static double Between(ReadOnlySpan<double> plane, int height, int width, double row, double column)
    {
        if (row < -1 || row > height || column < -1 || column > width) return 0;
        (row, column) = (Math.Clamp(row, 0, height - 1), Math.Clamp(column, 0, width - 1));
        var (top, left) = ((int)row, (int)column);
        var (bottom, right) = (Math.Min(top + 1, height - 1), Math.Min(left + 1, width - 1));
        var (down, along) = (row - top, column - left);
        return (1 - down) * ((1 - along) * plane[top * width + left] + along * plane[top * width + right])
            + down * ((1 - along) * plane[bottom * width + left] + along * plane[bottom * width + right]);
    }

    /// <summary>Boxes [count, 5] of image and corners in whole pixels; the largest number of each cell (Girshick 2015).</summary>
    private static OnnxArray Pooled(OperatorCall call)
    {
        var (x, boxes, scale) = (call.Array(0), call.Array(1).Doubles(), call.Float("spatial_scale", 1));
        var (channels, height, width) = (x.Shape[1], x.Shape[2], x.Shape[3]);
        var size = Extents.Of(call.Ints("pooled_shape") ?? throw call.Refuse("pooled_shape is missing"));
        var (rows, columns, count) = (size[0], size[1], call.Array(1).Shape[0]);
        var (data, y) = (x.Doubles(), new double[count * channels * rows * columns]);
        for (var i = 0; i < y.Length; i++)
        {
            var (row, column, channel, box) = (i / columns % rows, i % columns, i / columns / rows % channels,
                i / columns / rows / channels);
            var corners = boxes.AsSpan(box * 5 + 1, 4).ToArray().Select(corner =>
                (int)Math.Round(corner * scale, MidpointRounding.AwayFromZero)).ToArray();
            var (cellWidth, cellHeight) = (Math.Max(corners[2] - corners[0] + 1, 1) / (double)columns,
                Math.Max(corners[3] - corners[1] + 1, 1) / (double)rows);
            var (top, bottom) = (corners[1] + (int)Math.Floor(row * cellHeight), corners[1] + (int)Math.Ceiling((row + 1) * cellHeight));
            var (left, right) = (corners[0] + (int)Math.Floor(column * cellWidth),
                corners[0] + (int)Math.Ceiling((column + 1) * cellWidth));
            var plane = (SelectionOperators.Index((long)boxes[box * 5], x.Shape[0]) * channels + channel) * height * width;
            var most = double.NegativeInfinity;
            for (var r = Math.Max(top, 0); r < Math.Min(bottom, height); r++)
                for (var c = Math.Max(left, 0); c < Math.Min(right, width); c++) most = Math.Max(most, data[plane + r * width + c]);
            y[i] = double.IsNegativeInfinity(most) ? 0 : most;
        }
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, [count, channels, rows, columns], y), x.Type);
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
