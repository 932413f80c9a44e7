using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Students.Onnx;

/// <summary>What works along rows.</summary>
internal static class Rows
{
    /// <summary>Softmax before opset 13 flattens what stands behind its axis, which is the same on the last one.</summary>
    public static int LastAxis(TrainableCall call)
    {
        var rank = call.Input(0).Shape.Rank;
        var axis = call.Int("axis", call.Opset < 13 ? 1 : -1);
        return axis == -1 || axis == rank - 1 ? -1 : throw call.Refuse($"axis {axis} of {call.Input(0).Shape}", "the last axis.");
    }

    public static Tensor Normalise(TrainableCall call)
    {
        var (x, weight, axis) = (call.Input(0), call.Input(1), call.Int("axis", -1));
        if (axis != -1 && axis != x.Shape.Rank - 1) throw call.Refuse($"axis {axis} of {x.Shape}", "the last axis.");
        var bias = call.Optional(2) ?? call.Step.Constant(weight.Shape, new float[weight.Shape.Count]);
        return call.Step.LayerNorm(x, weight, bias, call.Float("epsilon", 1e-5f));
    }

    public static Tensor Mean(TrainableCall call)
    {
        var x = call.Input(0);
        int[] axes = call.IntsOrInput("axes", 1) is { Length: > 0 } given ? call.Places(given, x.Shape.Rank)
            : call.Int("noop_with_empty_axes", 0) != 0 ? [] : [.. Enumerable.Range(0, x.Shape.Rank)];
        // the last first: those before it keep their place
        foreach (var axis in axes.OrderDescending())
            x = call.Step.Mean(x, axis, call.Int("keepdims", 1) != 0);
        return x;
    }
}
