using Retort.Formats.Onnx;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Determinants, by elimination with the largest pivot of each column.</summary>
internal static class DeterminantOperators
{
    public static IReadOnlyDictionary<string, OnnxOperator> Table { get; } = new Dictionary<string, OnnxOperator>
    {
        ["Det"] = call => [Determinants(call.Array(0))],
    };

    private static OnnxArray Determinants(OnnxArray x)
    {
        var size = x.Shape[^1];
        if (x.Shape[^2] != size) throw new ArgumentException("the matrices are not square");
        var matrices = x.Doubles();
        int[] shape = x.Shape[..^2];
        var results = new double[Extents.Count(shape)];
        for (var i = 0; i < results.Length; i++) results[i] = Determinant(matrices.AsSpan(i * size * size, size * size).ToArray(), size);
        return CastOperators.Cast(new OnnxArray<double>(OnnxType.Double, shape, results), x.Type);
    }

    private static double Determinant(double[] matrix, int size)
    {
        var determinant = 1.0;
        for (var column = 0; column < size; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < size; row++)
                if (Math.Abs(matrix[row * size + column]) > Math.Abs(matrix[pivot * size + column])) pivot = row;
            var value = matrix[pivot * size + column];
            if (value == 0) return 0;
            determinant *= pivot == column ? value : -value;
            for (var i = 0; i < size && pivot != column; i++)
                (matrix[pivot * size + i], matrix[column * size + i]) = (matrix[column * size + i], matrix[pivot * size + i]);
            for (var row = column + 1; row < size; row++)
            {
                var factor = matrix[row * size + column] / value;
                for (var i = column; i < size; i++) matrix[row * size + i] -= factor * matrix[column * size + i];
            }
        }
        return determinant;
    }
}
