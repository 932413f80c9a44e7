using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Testing;

/// <summary>
/// Every operation, with shapes that hurt: sizes 1, 7, 33, empty, broadcast, windows over the edge. Adding an operation adds
/// entries here, and finite differences, device against device, determinism and vector widths all run them.
/// </summary>
public static class OperationCases
{
    public static IReadOnlyList<OperationCase> All { get; } =
        [.. Products(), .. Elementwise(), .. Reductions(), .. Norms(), .. GatesAndTurns(), .. WindowCases(), .. Movement(),
            .. AttentionCases.All(), .. RowLossCases.All(), .. SparseCases.All()];

    private static OperationCase Case(string name, Func<OperationInputs, OperationInput[]> inputs, Func<Step, Tensor[], Tensor> run) =>
        new(name, inputs(new OperationInputs(name)), run);

    private static IEnumerable<OperationCase> Products()
    {
        foreach (var (m, n, k) in new[] { (1, 1, 1), (7, 33, 5), (33, 7, 20), (4, 3, 0), (0, 3, 4) })
            foreach (var (left, right) in new[] { (false, false), (true, false), (false, true), (true, true) })
                yield return Case($"matmul {m}×{n}×{k} {(left ? "T" : "N")}{(right ? "T" : "N")}",
                    i =>
                        [i.Normal(left ? [k, m] : [m, k]), i.Normal(right ? [n, k] : [k, n])], (s, x) => s.MatMul(x[0], x[1], left, right));
        yield return Case("matmul batch", i => [i.Normal(3, 5, 4), i.Normal(3, 4, 7)], (s, x) => s.MatMul(x[0], x[1]));
        yield return Case("matmul batch broadcast", i => [i.Normal(2, 1, 3, 4), i.Normal(3, 4, 5)], (s, x) => s.MatMul(x[0], x[1]));
        yield return Case("matmul of itself", i => [i.Normal(5, 5)], (s, x) => s.MatMul(x[0], x[0], transposeB: true));
        foreach (var activation in Enum.GetValues<Activation>())
            yield return Case($"linear {activation}", i =>
                [i.Normal(7, 12), i.Normal(33, 12), i.Normal(33)], (s, x) => s.Linear(x[0], x[1], x[2], activation));
        yield return Case("linear residual", i =>
            [i.Normal(7, 12), i.Normal(33, 12), i.Normal(33), i.Normal(7, 33)], (s, x) => s.Linear(x[0], x[1], x[2], residual: x[3]));
        yield return Case("linear residual of itself", i =>
            [i.Normal(7, 12), i.Normal(12, 12)], (s, x) => s.Square(s.Linear(x[0], x[1], residual: x[0])));
        yield return Case("residual stream", i => [i.Normal(5, 6), i.Normal(6, 6), i.Normal(6, 6)], (s, x) =>
        {
            var first = s.Linear(s.Relu(x[0]), x[1], residual: x[0]);
            return s.Multiply(s.Linear(s.Square(first), x[2], residual: first), s.Reshape(first, new Shape(5, 6)));
        });
        yield return Case("linear without bias", i => [i.Normal(2, 3, 4), i.Normal(5, 4)], (s, x) => s.Linear(x[0], x[1]));
    }

    private static IEnumerable<OperationCase> Elementwise()
    {
        foreach (var function in Enum.GetValues<Unary>())
            foreach (var size in new[] { 0, 1, 7, 33 })
                yield return Case($"{function} {size}",
                    i => [function is Unary.Log or Unary.SquareRoot or Unary.ReciprocalSquareRoot ? i.Positive(size) : i.Cornerless(size)],
                    (s, x) => s.Apply(function, x[0], function == Unary.Clamp ? -0.6 : 0.1, 0.8));
        foreach (var function in Enum.GetValues<Binary>())
        {
            OperationInput Right(OperationInputs i, params long[] shape) => function == Binary.Divide ? i.Positive(shape) : i.Normal(shape);
            yield return Case($"{function} equal", i => [i.Normal(7, 5), Right(i, 7, 5)], (s, x) => s.Combine(function, x[0], x[1]));
            yield return Case($"{function} row", i => [i.Normal(7, 33), Right(i, 33)], (s, x) => s.Combine(function, x[0], x[1]));
            yield return Case($"{function} column", i => [i.Normal(3, 1, 4), Right(i, 2, 1)], (s, x) => s.Combine(function, x[0], x[1]));
            yield return Case($"{function} scalar", i => [i.Normal(), Right(i, 9)], (s, x) => s.Combine(function, x[0], x[1]));
        }
        yield return Case("square as product of itself", i => [i.Normal(9)], (s, x) => s.Multiply(x[0], x[0]));
        yield return Case("scale", i => [i.Normal(33)], (s, x) => s.Scale(x[0], -2.5));
        yield return Case("dropout", i => [i.Normal(13, 7)], (s, x) => s.Dropout(x[0], 0.3));
        yield return Case("add of itself", i => [i.Normal(9)], (s, x) => s.Square(s.Add(x[0], x[0])));
        yield return Case("add of a sum", i => [i.Normal(9), i.Normal(9)], (s, x) => s.Multiply(s.Add(s.Add(x[0], x[1]), x[0]), x[1]));
        yield return Case("used twice", i => [i.Cornerless(4, 5)], (s, x) => s.Add(s.Relu(x[0]), s.Multiply(x[0], s.Exp(x[0]))));
    }

    private static IEnumerable<OperationCase> Reductions()
    {
        foreach (var reduction in Enum.GetValues<Reduction>())
        {
            foreach (var dimension in new[] { 0, 1, 2 })
                yield return Case($"{reduction} over {dimension}", i =>
                    [i.Normal(3, 7, 5)], (s, x) => s.Reduce(reduction, x[0], dimension));
            yield return Case($"{reduction} of 33", i => [i.Normal(2, 33)], (s, x) => s.Reduce(reduction, x[0], -1, keep: true));
            if (reduction != Reduction.Variance) yield return Case($"{reduction} of 1", i =>
                [i.Normal(5, 1)], (s, x) => s.Reduce(reduction, x[0], 1));
        }
        yield return Case("sum of none", i => [i.Normal(3, 0)], (s, x) => s.Sum(x[0], 1));
        yield return Case("sum all", i => [i.Normal(3, 4, 2)], (s, x) => s.SumAll(x[0]));
        yield return Case("mean all", i => [i.Normal(3, 4, 2)], (s, x) => s.MeanAll(x[0]));
        foreach (var (rows, columns) in new[] { (1, 1), (3, 7), (2, 33), (0, 4) })
        {
            yield return Case($"softmax {rows}×{columns}", i => [i.Normal(rows, columns)], (s, x) => s.Softmax(x[0]));
            yield return Case($"log softmax {rows}×{columns}", i => [i.Normal(rows, columns)], (s, x) => s.LogSoftmax(x[0]));
        }
        yield return Case("softmax over 1", i => [i.Normal(2, 5, 3)], (s, x) => s.Softmax(x[0], 1));
        yield return Case("log softmax over 0", i => [i.Normal(6, 3)], (s, x) => s.LogSoftmax(x[0], 0));
    }

    private static IEnumerable<OperationCase> Norms()
    {
        foreach (var (rows, columns) in new[] { (1, 7), (5, 33), (3, 2), (0, 4) })
            yield return Case($"layer norm {rows}×{columns}", i =>
                [i.Normal(rows, columns), i.Normal(columns), i.Normal(columns)], (s, x) => s.LayerNorm(x[0], x[1], x[2]));
        foreach (var (rows, columns, offset) in new[] { (1, 7, 0), (5, 33, 1), (3, 2, 0), (40, 20, 0), (0, 4, 0), (1, 1, 1) })
            yield return Case($"rms norm {rows}×{columns} offset {offset}", i =>
                [i.Normal(rows, columns), i.Normal(columns)], (s, x) => s.RmsNorm(x[0], x[1], 1e-5, offset));
        yield return Case("norm of a norm", i =>
            [i.Normal(6, 5), i.Normal(5), i.Normal(5)], (s, x) => s.Add(s.LayerNorm(s.RmsNorm(x[0], x[1]), x[1], x[2]), x[0]));
        foreach (var relu in new[] { false, true })
            foreach (var frozen in new[] { false, true })
                foreach (var (n, c, h, w) in new[] { (4, 3, 3, 3), (2, 7, 5, 7), (5, 2, 1, 1) })
                {
                    double[] means = [.. Enumerable.Repeat(0.25, c)], variances = [.. Enumerable.Repeat(1.5, c)];
                    yield return Case($"batch norm{(relu ? " relu" : "")}{(frozen ? " frozen" : "")} {n}×{c}×{h}×{w}", i =>
                        [i.Normal(n, c, h, w), i.Normal(c), i.Normal(c)],
                        (s, x) => s.BatchNorm2d(x[0], x[1], x[2], s.Constant(new Shape(c), means), s.Constant(new Shape(c), variances),
                            relu: relu, frozen: frozen));
                }
    }

    private static IEnumerable<OperationCase> GatesAndTurns()
    {
        foreach (var function in new[] { Unary.Silu, Unary.Gelu, Unary.GeluTanh, Unary.Sigmoid, Unary.Relu })
            foreach (var (rows, columns) in new[] { (3, 7), (1, 1), (2, 33), (0, 4) })
                yield return Case($"gate {function} {rows}×{columns}", i =>
                    [i.Cornerless(rows, 2 * columns)], (s, x) => s.GatedActivation(x[0], function));
        yield return Case("gate of a linear layer", i =>
            [i.Normal(3, 5), i.Normal(14, 5)], (s, x) => s.Square(s.GatedActivation(s.Linear(x[0], x[1]))));
        yield return Case("gate whose input is used again", i => [i.Normal(3, 8)], (s, x) =>
        {
            var twice = s.Scale(x[0], 2);
            return s.Add(s.Square(s.GatedActivation(twice)), s.Slice(s.Square(twice), 1, 2, 4));
        });
        foreach (var interleaved in new[] { false, true })
            foreach (var (heads, turned, width, pairs) in new[] { (3, 2, 4, 2), (1, 1, 2, 1), (4, 4, 40, 17), (3, 0, 6, 2), (2, 1, 33, 3) })
                yield return Case($"rotary {heads} {turned} {width} {pairs}{(interleaved ? " interleaved" : "")}", i =>
                    [i.Normal(2, 3, heads * width), i.Constant(3, pairs), i.Constant(3, pairs)],
                    (s, x) => s.Square(s.Rotary(x[0], new RotaryTable(x[1], x[2], interleaved), heads, turned)));
        yield return Case("rotary at given positions", i => [i.Normal(2, 3, 8), i.Below(9, 2, 3), i.Constant(9, 2), i.Constant(9, 2)],
            (s, x) => s.Rotary(x[0], new RotaryTable(x[2], x[3]), 2, 2, x[1]));
    }

    private static IEnumerable<OperationCase> WindowCases()
    {
        foreach (var (c, o, h, w, kernel, stride, padding, dilation, groups) in new[]
        {
            (4, 6, 8, 7, 3, 1, 0, 1, 1), (4, 6, 8, 7, 3, 2, 1, 1, 1), (4, 6, 8, 7, 3, 1, 2, 2, 1), (4, 4, 8, 7, 3, 1, 1, 1, 4),
            (4, 4, 8, 7, 1, 2, 0, 1, 2), (1, 1, 1, 1, 1, 1, 0, 1, 1), (3, 33, 5, 5, 5, 1, 2, 1, 1), (6, 6, 9, 9, 3, 2, 1, 1, 6),
                (4, 8, 6, 6, 1, 1, 0, 1, 1),
        })
            yield return Case($"conv2d {c}→{o} {h}×{w} k{kernel} s{stride} p{padding} d{dilation} g{groups}",
                i => [i.Normal(2, c, h, w), i.Normal(o, c / groups, kernel, kernel), i.Normal(o)],
                (s, x) => s.Conv2d(x[0], x[1], x[2], stride, padding, dilation, groups));
        yield return Case("conv2d without bias", i =>
            [i.Normal(1, 2, 4, 4), i.Normal(3, 2, 3, 3)], (s, x) => s.Conv2d(x[0], x[1], padding: 1));
        yield return Case("conv2d of no image", i =>
            [i.Normal(0, 2, 4, 4), i.Normal(3, 2, 3, 3), i.Normal(3)], (s, x) => s.Conv2d(x[0], x[1], x[2]));
        foreach (var (size, stride, padding) in new[] { (2, 2, 0), (3, 2, 1), (3, 1, 1), (1, 1, 0) })
        {
            yield return Case($"max pool {size} {stride} {padding}", i =>
                [i.Normal(2, 3, 7, 6)], (s, x) => s.MaxPool2d(x[0], size, stride, padding));
            foreach (var count in new[] { true, false })
                yield return Case($"average pool {size} {stride} {padding} {count}", i =>
                    [i.Normal(2, 3, 7, 6)], (s, x) => s.AveragePool2d(x[0], size, stride, padding, count));
        }
        foreach (var (h, w) in new[] { (1, 1), (3, 2), (7, 5), (9, 6) })
            yield return Case($"adaptive average pool {h}×{w}", i => [i.Normal(2, 3, 7, 5)], (s, x) => s.AdaptiveAveragePool2d(x[0], h, w));
    }

    private static IEnumerable<OperationCase> Movement()
    {
        yield return Case("embedding", i => [i.Normal(6, 4), i.Below(6, 2, 5)], (s, x) => s.Embedding(x[0], x[1]));
        yield return Case("embedding of none", i => [i.Normal(6, 4), i.Below(6, 0)], (s, x) => s.Embedding(x[0], x[1]));
        yield return Case("gather", i => [i.Normal(3, 6), i.Below(6, 3, 4)], (s, x) => s.Gather(x[0], x[1]));
        foreach (var dimension in new[] { 0, 1, 2 })
            yield return Case($"concat {dimension}",
                i => [i.Normal(3, 2, 4), i.Normal([.. new long[] { 3, 2, 4 }.Select((extent, at) => at == dimension ? 5 : extent)])],
                (s, x) => s.Concat(dimension, x));
        yield return Case("slice", i => [i.Normal(3, 7)], (s, x) => s.Slice(x[0], 1, 1, 3, 2));
        yield return Case("slice rows", i => [i.Normal(5, 4)], (s, x) => s.Slice(x[0], 0, 2, 2));
        yield return Case("reshape", i => [i.Normal(3, 8)], (s, x) => s.Square(s.Reshape(x[0], new Shape(4, 6))));
        yield return Case("transpose", i => [i.Normal(3, 7)], (s, x) => s.Transpose(x[0], 0, 1));
        yield return Case("permute", i => [i.Normal(2, 3, 4, 5)], (s, x) => s.Permute(x[0], 2, 0, 3, 1));
        yield return Case("expand", i => [i.Normal(3, 1, 2)], (s, x) => s.Expand(x[0], new Shape(2, 3, 4, 2)));
    }
}
