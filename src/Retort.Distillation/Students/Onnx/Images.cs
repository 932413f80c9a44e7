using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Students.Onnx;

/// <summary>What works on [N, C, H, W]: windows alike in both directions.</summary>
internal static class Images
{
    public static Tensor Convolve(TrainableCall call)
    {
        var (x, weight) = (call.Input(0), call.Input(1));
        if (x.Shape.Rank != 4 || weight.Shape.Rank != 4) throw call.Refuse($"{x.Shape} with weights {weight.Shape}", "[N, C, H, W].");
        var (stride, dilation) = (Alike(call, "strides", 1), Alike(call, "dilations", 1));
        var bias = call.Optional(2);
        if (bias is { } added && added.Shape != new Shape(weight.Shape[0]))
            throw call.Refuse($"weights {weight.Shape} with a bias {added.Shape}", $"a bias [{weight.Shape[0]}].");
        var padding = Padding(call, x.Shape, weight.Shape[0], (int)weight.Shape[2], (int)weight.Shape[3], stride, dilation);
        return call.Step.Conv2d(x, weight, bias, stride, padding, dilation, call.Int("group", 1));
    }

    public static Tensor LargestOf(TrainableCall call)
    {
        var (x, size, stride, padding) = Window(call);
        return call.Step.MaxPool2d(x, size, stride, padding);
    }

    public static Tensor MeanOf(TrainableCall call)
    {
        var (x, size, stride, padding) = Window(call);
        return call.Step.AveragePool2d(x, size, stride, padding, call.Int("count_include_pad", 0) != 0);
    }

    /// <summary>The batch's statistics while it learns; running ones keep the share momentum.</summary>
    public static Tensor Normalise(TrainableCall call)
    {
        if (call.Int("training_mode", 0) != 0 || call.Int("spatial", 1) != 1)
            throw call.Refuse("it is written for training, or one place at a time", "statistics of a channel, for inference.");
        var x = call.Input(0);
        for (var input = 1; input < 5; input++)
            if (x.Shape.Rank < 2 || call.Input(input).Shape != new Shape(x.Shape[1]))
                throw call.Refuse($"{x.Shape} with input {input} {call.Input(input).Shape}", "[N, C, …] and a number a channel.");
        return call.Step.BatchNorm2d(x, call.Input(1), call.Input(2), call.Input(3), call.Input(4),
            call.Float("epsilon", 1e-5f), 1 - call.Float("momentum", 0.9f));
    }

    private static (Tensor X, int Size, int Stride, int Padding) Window(TrainableCall call)
    {
        var x = call.Input(0);
        if (x.Shape.Rank != 4) throw call.Refuse($"{x.Shape}", "[N, C, H, W].");
        if (call.Int("ceil_mode", 0) != 0 || Alike(call, "dilations", 1) != 1 || call.Int("storage_order", 0) != 0)
            throw call.Refuse("windows that are cut, have gaps or count by columns", "ceil_mode 0, dilations 1.");
        var (size, stride) = (Alike(call, "kernel_shape", 0), Alike(call, "strides", 1));
        if (size < 1) throw call.Refuse("kernel_shape is missing");
        return (x, size, stride, Padding(call, x.Shape, x.Shape[1], size, size, stride, 1));
    }

    /// <summary>One number for both directions.</summary>
    private static int Alike(TrainableCall call, string name, int missing) => call.Ints(name) switch
    {
        null or [] => missing,
        [var first, var second] when first == second => first,
        var other => throw call.Refuse($"{name} {string.Join(", ", other)}", "one number for both directions."),
    };

    /// <summary>One number for all four sides.</summary>
    private static int Padding(TrainableCall call, Shape x, long channels, int height, int width, int stride, int dilation)
    {
        if (stride < 1 || dilation < 1) throw call.Refuse($"strides {stride}, dilations {dilation}", "1 or more.");
        int[] sides = call.Text("auto_pad", "NOTSET") switch
        {
            "NOTSET" or "" => call.Ints("pads") is { Length: > 0 } pads ? pads : [0],
            "VALID" => [0],
            ("SAME_UPPER" or "SAME_LOWER") and var same => [.. Missing(x[2], height, same), .. Missing(x[3], width, same)],
            var other => throw call.Refuse($"auto_pad {other}", "NOTSET, VALID, SAME_UPPER or SAME_LOWER."),
        };
        if (sides.Any(side => side != sides[0])) throw call.Refuse($"padding of {string.Join(", ", sides)}", "as much on all four sides.");
        call.CheckSize((double)x[0] * channels * (x[2] + 2.0 * sides[0]) * (x[3] + 2.0 * sides[0]));
        return sides[0];

        int[] Missing(long extent, int window, string automatic)
        {
            var all = (int)Math.Max(0, ((extent + stride - 1) / stride - 1) * stride + (window - 1L) * dilation + 1 - extent);
            return automatic == "SAME_LOWER" ? [all - all / 2, all / 2] : [all / 2, all - all / 2];
        }
    }
}
