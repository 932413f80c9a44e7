using System.Numerics;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Elements moved between axes, or along them by the item.</summary>
internal static class LayoutOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["DepthToSpace"] = call => [DepthToSpace(call.Array(0), (int)call.Int("blocksize", 1), call.Text("mode", "DCR") == "DCR")],
        ["SpaceToDepth"] = call => [SpaceToDepth(call.Array(0), (int)call.Int("blocksize", 1), call.Text("mode", "DCR") == "DCR")],
        ["ReverseSequence"] = call => [ReverseSequence(call)],
        ["Trilu"] = call => [Triangle(call.Array(0), call.Optional(1)?.Long() ?? 0, call.Int("upper", 1) == 1)],
        ["Col2Im"] = call => [Numbers.Visit<Folding, OnnxArray>(call.Array(0), new Folding(call))],
    };

    private static OnnxArray DepthToSpace(OnnxArray x, int block, bool depthFirst)
    {
        var (batch, depth, height, width) = (x.Shape[0], x.Shape[1] / (block * block), x.Shape[2], x.Shape[3]);
        var parts = depthFirst ? ShapeOperators.Transpose(x.Reshaped(batch, block, block, depth, height, width), 0, 3, 4, 1, 5, 2)
            : ShapeOperators.Transpose(x.Reshaped(batch, depth, block, block, height, width), 0, 1, 4, 2, 5, 3);
        return parts.Reshaped(batch, depth, height * block, width * block);
    }

    private static OnnxArray SpaceToDepth(OnnxArray x, int block, bool depthFirst)
    {
        var (batch, depth, height, width) = (x.Shape[0], x.Shape[1], x.Shape[2] / block, x.Shape[3] / block);
        var parts = x.Reshaped(batch, depth, height, block, width, block);
        parts = depthFirst ? ShapeOperators.Transpose(parts, 0, 3, 5, 1, 2, 4) : ShapeOperators.Transpose(parts, 0, 1, 3, 5, 2, 4);
        return parts.Reshaped(batch, depth * block * block, height, width);
    }

    /// <summary>The first so many steps of each item turned round.</summary>
    private static OnnxArray ReverseSequence(OperatorCall call)
    {
        var (x, lengths) = (call.Array(0), call.Array(1).Longs());
        var (time, batch) = ((int)call.Int("time_axis", 0), (int)call.Int("batch_axis", 1));
        var strides = Extents.Strides(x.Shape);
        var places = new int[x.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var step = i / strides[time] % x.Shape[time];
            var length = (int)lengths[i / strides[batch] % x.Shape[batch]];
            places[i] = step < length ? i + (length - 1 - 2 * step) * strides[time] : i;
        }
        return x.Take(places, x.Shape);
    }

    /// <summary>Zero on the other side of a diagonal of the last two axes.</summary>
    private static OnnxArray Triangle(OnnxArray x, long diagonal, bool upper)
    {
        var (rows, columns) = (x.Shape[^2], x.Shape[^1]);
        var places = new int[x.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var above = i % columns - i / columns % rows - diagonal;
            places[i] = (upper ? above >= 0 : above <= 0) ? i : -1;
        }
        return x.Take(places, x.Shape);
    }

    /// <summary>The reverse of taking blocks out of an image: [N, C · block, blocks] is added up in [N, C, image…].</summary>
    private readonly struct Folding(OperatorCall call) : INumberWork<OnnxArray>
    {
        public OnnxArray Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var (image, block) = (Extents.Of(call.Array(1).Longs()), Extents.Of(call.Array(2).Longs()));
            var axes = image.Length;
            var ones = Enumerable.Repeat(1L, axes).ToArray();
            var (strides, dilations) = (call.Ints("strides") ?? ones, call.Ints("dilations") ?? ones);
            var pads = call.Ints("pads") ?? new long[2 * axes];
            int[] counts = [.. image.Select((extent, axis) =>
                (int)((extent + pads[axis] + pads[axis + axes] - dilations[axis] * (block[axis] - 1) - 1) / strides[axis] + 1))];
            var (inBlock, blocks, pixels) = (Extents.Count(block), Extents.Count(counts), Extents.Count(image));
            var channels = array.Shape[1] / inBlock;
            var (blockSteps, countSteps, imageSteps) = (Extents.Strides(block), Extents.Strides(counts), Extents.Strides(image));
            var result = new T[array.Shape[0] * channels * pixels];
            for (var i = 0; i < array.Count; i++)
            {
                var (plane, cell, at) = (i / blocks / inBlock, i / blocks % inBlock, i % blocks);
                var place = plane * pixels;
                for (var axis = 0; axis < axes && place >= 0; axis++)
                {
                    var coordinate = at / countSteps[axis] % counts[axis] * strides[axis]
                        + cell / blockSteps[axis] % block[axis] * dilations[axis] - pads[axis];
                    place = coordinate < 0 || coordinate >= image[axis] ? -1 : place + (int)coordinate * imageSteps[axis];
                }
                if (place >= 0) result[place] += array.Data[i];
            }
            return new OnnxArray<T>(array.Type, [array.Shape[0], channels, .. image], result);
        }
    }
}
