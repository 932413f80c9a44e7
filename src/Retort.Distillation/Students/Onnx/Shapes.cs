using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Students.Onnx;

/// <summary>What moves numbers and leaves them as they are.</summary>
internal static class Shapes
{
    public static Tensor Flatten(TrainableCall call)
    {
        var x = call.Input(0);
        var axis = call.Int("axis", 1);
        if (axis < 0) axis += x.Shape.Rank;
        if (axis < 0 || axis > x.Shape.Rank) throw call.Refuse($"axis {axis} of {x.Shape}");
        return call.Step.Reshape(x, new Shape(x.Shape.CountOf(0, axis), x.Shape.CountOf(axis, x.Shape.Rank)));
    }

    /// <summary>0 keeps an extent, −1 takes what is left.</summary>
    public static Tensor Reshape(TrainableCall call)
    {
        var (x, wanted) = (call.Input(0), call.ConstantInts(1));
        if (call.Int("allowzero", 0) != 0 || wanted.Any(extent => extent < -1) || wanted.Count(extent => extent == -1) > 1)
            throw call.Refuse($"{x.Shape} to [{string.Join(", ", wanted)}]", "extents of which one at most is −1, and 0 for one that stays.");
        long[] extents = [.. wanted.Select((extent, i) => extent == 0 ? x.Shape[i] : extent)];
        var known = extents.Where(extent => extent > 0).Aggregate(1L, (product, extent) => checked(product * extent));
        if (Array.IndexOf(extents, -1) is >= 0 and var open) extents[open] = x.Shape.Count / known;
        return call.Step.Reshape(x, new Shape(extents));
    }

    public static Tensor Squeeze(TrainableCall call)
    {
        var x = call.Input(0);
        if (call.IntsOrInput("axes", 1) is not { Length: > 0 } given)
            throw call.Refuse("axes are missing", "axes that are named: a batch of one example keeps its own.");
        var axes = call.Places(given, x.Shape.Rank);
        if (axes.Any(axis => x.Shape[axis] != 1)) throw call.Refuse($"axes {string.Join(", ", axes)} of {x.Shape}", "extents of 1.");
        return call.Step.Reshape(x, new Shape([.. x.Shape.ToArray().Where((_, axis) => !axes.Contains(axis))]));
    }

    public static Tensor Unsqueeze(TrainableCall call)
    {
        var x = call.Input(0);
        var given = call.IntsOrInput("axes", 1) ?? throw call.Refuse("axes are missing");
        List<long> extents = [.. x.Shape.ToArray()];
        foreach (var axis in call.Places(given, x.Shape.Rank + given.Length).Order()) extents.Insert(Math.Min(axis, extents.Count), 1);
        return call.Step.Reshape(x, new Shape([.. extents]));
    }

    public static Tensor Transpose(TrainableCall call)
    {
        var x = call.Input(0);
        return call.Step.Permute(x, call.Ints("perm") ?? [.. Enumerable.Range(0, x.Shape.Rank).Reverse()]);
    }

    public static Tensor Concat(TrainableCall call)
    {
        Tensor[] parts = [call.Input(0), .. Enumerable.Range(1, call.Node.Inputs.Count - 1).Select(call.Input)];
        call.CheckSize(parts.Sum(part => (double)part.Shape.Count));
        return call.Step.Concat(call.Int("axis", 1), parts);
    }
}
