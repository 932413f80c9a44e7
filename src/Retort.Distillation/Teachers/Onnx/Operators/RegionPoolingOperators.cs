using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Boxes read from images as arrays of one size.</summary>
internal static class RegionPoolingOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["RoiAlign"] = call => [Aligned(call)],
        ["MaxRoiPool"] = call => [Pooled(call)],
    };

    /// <summary>
    /// Boxes [count, 4] of the images [N, C, H, W] as [count, C, height, width]: in each cell the mean, or largest, of points read between
    /// pixels (He et al. 2017).
    /// </summary>
    private static OnnxArray Aligned(OperatorCall call)
    {
        var (x, boxes, images) = (call.Array(0), call.Array(1).Doubles(), call.Array(2).Longs());
        var (channels, height, width) = (x.Shape[1], x.Shape[2], x.Shape[3]);
        var (rows, columns) = ((int)call.Int("output_height", 1), (int)call.Int("output_width", 1));
        var (scale, ratio) = (call.Float("spatial_scale", 1), (int)call.Int("sampling_ratio", 0));
        var takesMaximum = call.Text("mode", "avg") == "max";
        var isHalf = call.Opset >= 16 && call.Text("coordinate_transformation_mode", "half_pixel") == "half_pixel";
        var (data, y) = (x.Doubles(), new double[images.Length * channels * rows * columns]);
        for (var i = 0; i < y.Length; i++)
        {
            var (row, column, plane) = (i / columns % rows, i % columns, i / columns / rows);
            var (channel, box) = (plane % channels, plane / channels);
            var (shift, least) = isHalf ? (0.5, 0.0) : (0.0, 1.0);
            var (left, top) = (boxes[box * 4] * scale - shift, boxes[box * 4 + 1] * scale - shift);
            var cellWidth = Math.Max(boxes[box * 4 + 2] * scale - shift - left, least) / columns;
            var cellHeight = Math.Max(boxes[box * 4 + 3] * scale - shift - top, least) / rows;
            var down = ratio > 0 ? ratio : (int)Math.Ceiling(cellHeight);
            var along = ratio > 0 ? ratio : (int)Math.Ceiling(cellWidth);
            var image = SelectionOperators.Index(images[box], x.Shape[0]);
            var pixels = data.AsSpan((image * channels + channel) * height * width, height * width);
            var (sum, most) = (0.0, double.NegativeInfinity);
            for (var point = 0; point < down * along; point++)
            {
                var value = Between(pixels, height, width, top + (row + (point / along + 0.5) / down) * cellHeight,
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
            var (row, column, plane) = (i / columns % rows, i % columns, i / columns / rows);
            var (channel, box) = (plane % channels, plane / channels);
            int Corner(int corner) => (int)Math.Round(boxes[box * 5 + 1 + corner] * scale, MidpointRounding.AwayFromZero);
            var (top, bottom) = Cell(Corner(1), Corner(3), row, rows, height);
            var (left, right) = Cell(Corner(0), Corner(2), column, columns, width);
            var from = (SelectionOperators.Index((long)boxes[box * 5], x.Shape[0]) * channels + channel) * height * width;
            var most = double.NegativeInfinity;
            for (var place = top * width; place < bottom * width; place += width)
                for (var c = left; c < right; c++) most = Math.Max(most, data[from + place + c]);
            y[i] = double.IsNegativeInfinity(most) ? 0 : most;
        }
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, [count, channels, rows, columns], y), x.Type);
    }

    /// <summary>Pixels of a cell of a box from its first corner to its last, as far as they lie in the image.</summary>
    private static (int From, int To) Cell(int first, int last, int cell, int cells, int extent)
    {
        var size = Math.Max(last - first + 1.0, 1) / cells;
        var (from, to) = (Math.Floor(first + cell * size), Math.Ceiling(first + (cell + 1) * size));
        return ((int)Math.Clamp(from, 0, extent), (int)Math.Clamp(to, 0, extent));
    }
}
