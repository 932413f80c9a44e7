using System.Numerics.Tensors;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Distributions along an axis.</summary>
internal static class SoftmaxOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Softmax"] = call => [Along(call, Softmax)],
        ["LogSoftmax"] = call => [Along(call, LogSoftmax)],
        ["Hardmax"] = call => [Along(call, Hardmax)],
    };

    private delegate void RowChange(Span<float> row);

    /// <summary>Softmax over the last axis.</summary>
    public static OnnxArray Softmax(OnnxArray x) => Changed(x, [x.Rank - 1], Softmax);

    public static OnnxArray LogSoftmax(OnnxArray x, int axis) => Changed(x, [axis], LogSoftmax);

    /// <summary>Before opset 13 all axes from the given one on were one row.</summary>
    private static OnnxArray Along(OperatorCall call, RowChange change)
    {
        var x = call.Array(0);
        var axis = Extents.Axis(call.Int("axis", call.Opset < 13 ? 1 : -1), Math.Max(x.Rank, 1));
        return Changed(x, call.Opset < 13 ? [.. Enumerable.Range(axis, x.Rank - axis)] : [axis], change);
    }

    private static OnnxArray Changed(OnnxArray x, int[] axes, RowChange change)
    {
        if (x.Rank == 0) return Changed(x.Reshaped(1), [0], change).Reshaped();
        var rows = new Reduced(x, axes);
        var source = rows.Rows.Floats();
        var changed = rows.IsTurned && ReferenceEquals(source, rows.Rows.Elements) ? source : [.. source];
        for (var row = 0; row < rows.Outer && rows.Length > 0; row++) change(changed.AsSpan(row * rows.Length, rows.Length));
        var floats = rows.Back(OnnxArray.Of(rows.Rows.Shape, changed));
        return x is OnnxArray<float> ? floats.Typed(x.Type) : CastOperators.Cast(floats, x.Type);
    }

    public static void Softmax(Span<float> row)
    {
        TensorPrimitives.Subtract(row, TensorPrimitives.Max(row), row);
        TensorPrimitives.Exp(row, row);
        TensorPrimitives.Divide(row, TensorPrimitives.Sum(row), row);
    }

    private static void LogSoftmax(Span<float> row)
    {
        var largest = TensorPrimitives.Max(row);
        var sum = 0.0;
        foreach (var value in row) sum += Math.Exp(value - largest);
        TensorPrimitives.Subtract(row, (float)(largest + Math.Log(sum)), row);
    }

    private static void Hardmax(Span<float> row)
    {
        var best = 0;
        for (var i = 1; i < row.Length; i++)
            if (row[i] > row[best]) best = i;
        row.Clear();
        row[best] = 1;
    }
}
