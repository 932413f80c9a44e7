using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Testing;

/// <summary>Compressed rows: empty rows, a place that comes twice, widths that are no multiple of a vector, no entry at all.</summary>
internal static class SparseCases
{
    public static IEnumerable<OperationCase> All() => [.. Products(), .. Segments()];

    private static IEnumerable<OperationCase> Products()
    {
        foreach (var (rows, columns, width) in new[] { (5, 4, 1), (4, 7, 33), (33, 9, 20), (1, 1, 7), (3, 2, 0), (9, 9, 40) })
        {
            var entries = Enumerable.Range(0, rows * columns)
                .Where(place => place % 3 != 1 && place / columns != 1) // row 1 is empty
                .Append(0)
                .Select(place => (place / columns, place % columns, 0.25f * (place % 7 - 3)))
                .ToList();
            yield return Product($"sparse product {rows}×{columns} by {width}", SparseRows.Create(rows, columns, entries), width);
        }
        yield return Product("sparse product without entries", SparseRows.Create(3, 2, []), 5);
    }

    private static OperationCase Product(string name, SparseRows matrix, int width)
    {
        var inputs = new OperationInputs(name);
        var (rows, columns) = (matrix.Rows, matrix.Columns);
        return new OperationCase(name, [inputs.Normal(columns, width), .. Arrays(matrix), .. Arrays(matrix.Transposed())], (s, x) =>
            s.SparseMatMul(new SparseMatrix(rows, columns, new CompressedRows(x[1], x[2], x[3]), new CompressedRows(x[4], x[5], x[6])),
                x[0]));
    }

    private static OperationInput[] Arrays(SparseRows matrix) =>
    [
        OperationInputs.Integers(matrix.Starts.ToArray()), OperationInputs.Integers(matrix.Ids.ToArray()),
        new OperationInput(new Shape(matrix.Count), Constant: [.. matrix.Values.ToArray().Select(value => (double)value)]),
    ];

    private static IEnumerable<OperationCase> Segments()
    {
        foreach (var logarithm in new[] { false, true })
        {
            var kind = logarithm ? "log softmax" : "softmax";
            foreach (var columns in new[] { 1, 3, 33 })
                yield return Segmented($"segment {kind}, {columns} columns", logarithm, columns, 0, 3, 3, 4, 11, 12);
            yield return Segmented($"segment {kind} of no segment", logarithm, 2, 0);
            yield return Segmented($"segment {kind} of many", logarithm, 4, [.. Enumerable.Range(0, 30).Select(i => i * 2)]);
        }
    }

    private static OperationCase Segmented(string name, bool logarithm, int columns, params int[] starts) => new(name,
        [new OperationInputs(name).Normal(starts[^1], columns), OperationInputs.Integers(starts)],
        (s, x) => s.SegmentSoftmax(x[0], x[1], logarithm));
}
