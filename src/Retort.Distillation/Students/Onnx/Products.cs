using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Students.Onnx;

/// <summary>Products, and what joins two values element by element.</summary>
internal static class Products
{
    public static Tensor MatMul(TrainableCall call) => Multiplied(call, call.Input(0), call.Input(1), turned: false);

    /// <summary>z = x ∘ y with broadcast.</summary>
    public static TrainableOperator Joined(Binary function) => call =>
    {
        var (x, y) = (call.Input(0), call.Input(1));
        var elements = 1.0;
        for (var i = 1; i <= Math.Max(x.Shape.Rank, y.Shape.Rank); i++)
            elements *= Math.Max(i <= x.Shape.Rank ? x.Shape[-i] : 1, i <= y.Shape.Rank ? y.Shape[-i] : 1);
        call.CheckSize(elements);
        return call.Step.Combine(function, x, y);
    };

    /// <summary>alpha·op(A)·op(B) + beta·C.</summary>
    public static Tensor Gemm(TrainableCall call)
    {
        var (step, a, b, c) = (call.Step, call.Input(0), call.Input(1), call.Optional(2));
        if (a.Shape.Rank != 2 || b.Shape.Rank != 2) throw call.Refuse($"{a.Shape} × {b.Shape}", "two dimensions.");
        var (scale, bias, turned) = (call.Float("alpha", 1), call.Float("beta", 1), call.Int("transB", 0) != 0);
        if (call.Int("transA", 0) != 0) a = step.Transpose(a, 0, 1);
        if (turned && scale == 1 && bias == 1 && (c is null || c.Value.Shape == new Shape(b.Shape[0]))) return step.Linear(a, b, c);
        var product = Multiplied(call, a, b, turned);
        if (scale != 1) product = step.Scale(product, scale);
        return c is not { } added ? product : step.Add(product, bias == 1 ? added : step.Scale(added, bias));
    }

    private static Tensor Multiplied(TrainableCall call, Tensor a, Tensor b, bool turned)
    {
        if (a.Shape.Rank < 2 || b.Shape.Rank < 2) throw call.Refuse($"{a.Shape} × {b.Shape}", "two dimensions or more.");
        var (inner, outer) = turned ? (b.Shape[-1], b.Shape[-2]) : (b.Shape[-2], b.Shape[-1]);
        if (a.Shape[-1] != inner) throw call.Refuse($"{a.Shape} × {b.Shape}", "equal inner extents.");
        call.CheckSize((double)a.Shape.CountOf(0, a.Shape.Rank - 1) * outer * b.Shape.CountOf(0, b.Shape.Rank - 2));
        return call.Step.MatMul(a, b, transposeB: turned);
    }
}
