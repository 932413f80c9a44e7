using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Teachers.Onnx;

/// <summary>A dense array with elements of one .NET type.</summary>
/// <typeparam name="T">float, double, a whole number, bool or string.</typeparam>
public sealed class OnnxArray<T> : OnnxArray
{
    /// <param name="type">Element type; narrow ones share the .NET type of a wider one.</param>
    /// <param name="shape">Extents.</param>
    /// <param name="elements">One a place; the array takes them over.</param>
    public OnnxArray(OnnxType type, int[] shape, T[] elements) : base(type, shape)
    {
        if (elements.Length != Count)
            throw new RetortException("value", $"{elements.Length} elements for {Extents.Text(shape)}.", $"{Count}.");
        Data = elements;
    }

    /// <summary>Row-major. Not to be changed.</summary>
    public T[] Data { get; }

    internal override Array Elements => Data;

    internal override OnnxArray Reshaped(params int[] shape) => new OnnxArray<T>(Type, shape, Data) { IsConstant = IsConstant };

    internal override OnnxArray Typed(OnnxType type) => type == Type ? this : new OnnxArray<T>(type, Shape, Data);

    internal override OnnxArray Copied() => new OnnxArray<T>(Type, Shape, [.. Data]);

    internal override void Put(int at, OnnxArray source, int from, int count) =>
        source.As<T>().Data.AsSpan(from, count).CopyTo(Data.AsSpan(at, count));

    internal override OnnxArray Filled(int[] shape, OnnxArray? fill = null)
    {
        var elements = new T[Extents.Count(shape)];
        if (fill is not null || typeof(T) == typeof(string)) Array.Fill(elements, Fill(fill));
        return new OnnxArray<T>(Type, shape, elements);
    }

    internal override OnnxArray Take(ReadOnlySpan<int> places, int[] shape, OnnxArray? fill = null)
    {
        var elements = new T[Extents.Count(shape)];
        var missing = Fill(fill);
        for (var i = 0; i < elements.Length; i++) elements[i] = places[i] < 0 ? missing : Data[places[i]];
        return new OnnxArray<T>(Type, shape, elements);
    }

    internal override OnnxArray Strided(int[] shape, ReadOnlySpan<int> strides, int offset = 0)
    {
        var elements = new T[Extents.Count(shape)];
        if (elements.Length > 0) Walk(shape, strides, offset, elements);
        return new OnnxArray<T>(Type, shape, elements);
    }

    private static T Fill(OnnxArray? fill) => fill is not null ? fill.As<T>().Data[0]
        : typeof(T) == typeof(string) ? (T)(object)"" : default!;

    private void Walk(int[] shape, ReadOnlySpan<int> strides, int offset, T[] elements)
    {
        // trailing axes that lie as in the source are copied as one run
        var outer = shape.Length;
        var run = 1;
        while (outer > 0 && (shape[outer - 1] == 1 || strides[outer - 1] == run)) run *= shape[--outer];
        var inner = run == 1 && outer > 0 ? --outer : -1;
        var (length, step) = inner >= 0 ? (shape[inner], strides[inner]) : (run, 1);
        var index = new int[outer];
        for (var at = 0; at < elements.Length; at += length)
        {
            var target = elements.AsSpan(at, length);
            if (step == 1) Data.AsSpan(offset, length).CopyTo(target);
            else if (step == 0) target.Fill(Data[offset]);
            else
                for (int i = 0, from = offset; i < length; i++, from += step) target[i] = Data[from];
            for (var axis = outer - 1; axis >= 0; axis--)
            {
                offset += strides[axis];
                if (++index[axis] < shape[axis]) break;
                offset -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
    }
}
