using System.Numerics;
using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Teachers.Onnx.Operators;

/// <summary>Functions of one or two arrays, element by element with broadcasting.</summary>
internal static class Elementwise
{
    /// <summary>Two arrays of the same number type.</summary>
    public static OnnxArray Combine<TRule>(OnnxArray x, OnnxArray y) where TRule : IBinaryRule =>
        Numbers.Visit<Combining<TRule>, OnnxArray>(x, new Combining<TRule>(y));

    /// <summary>As <see cref="Combine{TRule}"/>, one element at a time.</summary>
    /// <param name="x">Of elements T.</param>
    /// <param name="y">Of elements T2.</param>
    /// <param name="type">Of the result.</param>
    /// <param name="function">Of two elements.</param>
    public static OnnxArray<TResult> Pairs<T, T2, TResult>(OnnxArray<T> x, OnnxArray<T2> y, OnnxType type, Func<T, T2, TResult> function)
    {
        var rows = new BroadcastRows(x.Shape, y.Shape);
        var z = new TResult[rows.Count];
        foreach (var (at, left, right) in rows.Rows())
            for (var i = 0; i < rows.Length; i++)
                z[at + i] = function(x.Data[left + i * rows.LeftStep], y.Data[right + i * rows.RightStep]);
        return new OnnxArray<TResult>(type, rows.Shape, z);
    }

    /// <summary>A function of floats or doubles; other types are refused.</summary>
    public static OnnxArray Map(OnnxArray x, Func<float, float> single, Func<double, double> twice) => x switch
    {
        OnnxArray<float> floats => new OnnxArray<float>(x.Type, x.Shape, Array.ConvertAll(floats.Data, value => single(value))),
        OnnxArray<double> doubles => new OnnxArray<double>(x.Type, x.Shape, Array.ConvertAll(doubles.Data, value => twice(value))),
        _ => throw new RetortException("value", $"an array of type {x.Type}.", "floats or doubles."),
    };

    /// <summary>As the other, computed in double for both.</summary>
    public static OnnxArray Map(OnnxArray x, Func<double, double> function) => Map(x, value => (float)function(value), function);

    private readonly struct Combining<TRule>(OnnxArray other) : INumberWork<OnnxArray> where TRule : IBinaryRule
    {
        public OnnxArray Run<T>(OnnxArray<T> x) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var y = other.As<T>();
            if (x.Shape.AsSpan().SequenceEqual(y.Shape))
            {
                var same = new T[x.Count];
                TRule.Rows<T>(x.Data, y.Data, same);
                return new OnnxArray<T>(x.Type, x.Shape, same);
            }
            var rows = new BroadcastRows(x.Shape, y.Shape);
            var z = new T[rows.Count];
            foreach (var (at, left, right) in rows.Rows())
            {
                var row = z.AsSpan(at, rows.Length);
                if (rows.RightStep == 0) TRule.Rows(x.Data.AsSpan(left, rows.Length), y.Data[right], row);
                else if (rows.LeftStep == 0) TRule.Rows(x.Data[left], y.Data.AsSpan(right, rows.Length), row);
                else TRule.Rows<T>(x.Data.AsSpan(left, rows.Length), y.Data.AsSpan(right, rows.Length), row);
            }
            return new OnnxArray<T>(x.Type, rows.Shape, z);
        }
    }
}
