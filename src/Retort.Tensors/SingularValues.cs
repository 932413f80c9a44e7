using System.Numerics;
using System.Runtime.InteropServices;

namespace Retort.Tensors;

/// <summary>
/// A = U · diag(σ) · Vᵀ in double, σ descending, by one-sided Jacobi rotations (Hestenes 1958; the skipping of small angles and the order
/// of columns after de Rijk 1989). Rotations take a fixed course, so the same matrix gives the same bits. A sweep costs about
/// 3 · rows · columns · min(rows, columns) multiply-adds, and some ten sweeps are needed.
/// </summary>
public sealed class SingularValues
{
    private const int MostSweeps = 60;
    private const double Precision = 1e-15;

    private SingularValues(double[] values, double[][] left, double[][] right) => (Values, Left, Right) = (values, left, right);

    /// <summary>σ, descending: as many as the smaller side has.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>Columns of U, each [rows]; zeros where σ is 0.</summary>
    public IReadOnlyList<double[]> Left { get; }

    /// <summary>Columns of V, each [columns].</summary>
    public IReadOnlyList<double[]> Right { get; }

    /// <summary>Share of Σσ² that the largest values hold; 1 for a matrix of zeros.</summary>
    /// <param name="rank">How many of the largest.</param>
    public double Energy(int rank)
    {
        var all = Values.Sum(value => value * value);
        return all == 0 ? 1 : Values.Take(rank).Sum(value => value * value) / all;
    }

    /// <param name="matrix">[rows, columns], row after row, finite.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <exception cref="RetortException">The matrix has another number of elements, or some that are not finite.</exception>
    public static SingularValues Of(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        if (rows < 1 || columns < 1 || matrix.Length != (long)rows * columns)
            throw new RetortException("singular values", $"{matrix.Length} elements for {rows} × {columns}.", "rows × columns, at least 1.");
        foreach (var element in matrix)
            if (!float.IsFinite(element)) throw new RetortException("singular values", "an element is not finite.", "finite numbers.");
        var turned = columns > rows;
        var (vectors, length) = turned ? (rows, columns) : (columns, rows);
        var (work, rotations) = (new double[vectors][], new double[vectors][]);
        for (var i = 0; i < vectors; i++)
        {
            (work[i], rotations[i]) = (new double[length], new double[vectors]);
            rotations[i][i] = 1;
            for (var k = 0; k < length; k++) work[i][k] = matrix[turned ? i * columns + k : k * columns + i];
        }
        for (var sweep = 0; sweep < MostSweeps && Sweep(work, rotations); sweep++) { }
        var values = Array.ConvertAll(work, vector => Math.Sqrt(Dot(vector, vector)));
        int[] order = [.. Enumerable.Range(0, vectors).OrderByDescending(i => values[i])];
        double[][] unit = [.. order.Select(i => Array.ConvertAll(work[i], element => values[i] == 0 ? 0 : element / values[i]))],
            turns = [.. order.Select(i => rotations[i])];
        return new SingularValues([.. order.Select(i => values[i])], turned ? turns : unit, turned ? unit : turns);
    }

    /// <summary>Every pair of columns once; true when one of them was not yet orthogonal.</summary>
    private static bool Sweep(double[][] work, double[][] rotations)
    {
        var turned = false;
        var squares = Array.ConvertAll(work, vector => Dot(vector, vector));
        for (var i = 0; i < work.Length - 1; i++)
        {
            var largest = i;
            for (var j = i + 1; j < work.Length; j++)
                if (squares[j] > squares[largest]) largest = j;
            (work[i], work[largest]) = (work[largest], work[i]);
            (rotations[i], rotations[largest]) = (rotations[largest], rotations[i]);
            (squares[i], squares[largest]) = (squares[largest], squares[i]);
            for (var j = i + 1; j < work.Length; j++)
            {
                var product = Dot(work[i], work[j]);
                if (Math.Abs(product) <= Precision * Math.Sqrt(squares[i]) * Math.Sqrt(squares[j])) continue;
                turned = true;
                var ratio = (squares[j] - squares[i]) / (2 * product);
                var tangent = Math.CopySign(1, ratio) / (Math.Abs(ratio) + Math.Sqrt(1 + ratio * ratio));
                var cosine = 1 / Math.Sqrt(1 + tangent * tangent);
                Rotate(work[i], work[j], cosine, cosine * tangent);
                Rotate(rotations[i], rotations[j], cosine, cosine * tangent);
                squares[i] = Math.Max(0, squares[i] - tangent * product);
                squares[j] = Math.Max(0, squares[j] + tangent * product);
            }
        }
        return turned;
    }

    /// <summary>(a, b) ← (c·a − s·b, s·a + c·b)</summary>
    private static void Rotate(double[] a, double[] b, double cosine, double sine)
    {
        var wideA = MemoryMarshal.Cast<double, Vector<double>>(a.AsSpan());
        var wideB = MemoryMarshal.Cast<double, Vector<double>>(b.AsSpan());
        for (var k = 0; k < wideA.Length; k++)
            (wideA[k], wideB[k]) = (cosine * wideA[k] - sine * wideB[k], sine * wideA[k] + cosine * wideB[k]);
        for (var k = wideA.Length * Vector<double>.Count; k < a.Length; k++)
            (a[k], b[k]) = (cosine * a[k] - sine * b[k], sine * a[k] + cosine * b[k]);
    }

    private static double Dot(double[] a, double[] b)
    {
        var wideA = MemoryMarshal.Cast<double, Vector<double>>(a.AsSpan());
        var wideB = MemoryMarshal.Cast<double, Vector<double>>(b.AsSpan());
        Vector<double> even = default, odd = default;
        for (var k = 0; k + 1 < wideA.Length; k += 2)
        {
            even += wideA[k] * wideB[k];
            odd += wideA[k + 1] * wideB[k + 1];
        }
        if (wideA.Length % 2 == 1) even += wideA[^1] * wideB[^1];
        var sum = Vector.Sum(even + odd);
        for (var k = wideA.Length * Vector<double>.Count; k < a.Length; k++) sum += a[k] * b[k];
        return sum;
    }
}
