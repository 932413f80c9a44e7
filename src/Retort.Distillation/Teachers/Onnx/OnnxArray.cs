using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Teachers.Onnx;

/// <summary>
/// A dense array, row-major. Float types of fewer than 32 bits are kept as float and rounded by whoever makes them; elements are
/// never changed once the array is made, so views may share them.
/// </summary>
public abstract class OnnxArray : OnnxValue
{
    private protected OnnxArray(OnnxType type, int[] shape)
    {
        Type = type;
        Shape = shape;
        Count = Extents.Count(shape);
    }

    public OnnxType Type { get; }
    public int[] Shape { get; }
    public int Rank => Shape.Length;
    public int Count { get; }

    /// <summary>Weights: the engine may keep a copy for as long as the program lives.</summary>
    internal bool IsConstant { get; set; }

    /// <summary>The same elements under another shape of equal count.</summary>
    internal abstract OnnxArray Reshaped(params int[] shape);

    /// <summary>The same elements called another type that shares their .NET type.</summary>
    internal abstract OnnxArray Typed(OnnxType type);

    /// <summary>result[i…] = this[offset + Σ i·strides].</summary>
    internal abstract OnnxArray Strided(int[] shape, ReadOnlySpan<int> strides, int offset = 0);

    /// <summary>The elements at these places; a place of −1 takes the fill.</summary>
    /// <param name="places">Row-major places, one an element of the result.</param>
    /// <param name="shape">Of the result.</param>
    /// <param name="fill">One element of the same type; null = zero.</param>
    internal abstract OnnxArray Take(ReadOnlySpan<int> places, int[] shape, OnnxArray? fill = null);

    /// <summary>A new array of this type: zeros, or copies of the only element of <paramref name="fill"/>.</summary>
    internal abstract OnnxArray Filled(int[] shape, OnnxArray? fill = null);

    /// <summary>A copy that <see cref="Put"/> may write to.</summary>
    internal abstract OnnxArray Copied();

    /// <summary>Copies a run of elements of an array of the same type into this new array.</summary>
    internal abstract void Put(int at, OnnxArray source, int from, int count);

    /// <summary>The elements as a .NET array.</summary>
    internal abstract Array Elements { get; }

    public bool IsFloat => Type is OnnxType.Float or OnnxType.Double || NarrowFloats.IsNarrow(Type);

    /// <summary>The elements as 32-bit floats; this is the array's own memory where it is one of floats.</summary>
    public float[] Floats() => this is OnnxArray<float> floats ? floats.Data : Converted<float>();
    internal double[] Doubles() => this is OnnxArray<double> doubles ? doubles.Data : Converted<double>();
    internal long[] Longs() => this is OnnxArray<long> longs ? longs.Data : Converted<long>();
    internal string[] Texts() => As<string>().Data;
    internal bool[] Bools() => As<bool>().Data;

    /// <summary>The only element.</summary>
    internal long Long() => Count == 1 ? Longs()[0] : throw new RetortException("value", $"an array of {Extents.Text(Shape)}.", "one number.");

    internal double Double() => Count == 1 ? Doubles()[0]
        : throw new RetortException("value", $"an array of {Extents.Text(Shape)}.", "one number.");

    internal OnnxArray<T> As<T>() => this as OnnxArray<T>
        ?? throw new RetortException("value", $"an array of type {Type}.", $"elements of {typeof(T).Name}.");

    /// <summary>The same numbers as another type.</summary>
    public OnnxArray CastTo(OnnxType type) => Operators.CastOperators.Cast(this, type);

    public static OnnxArray<float> Of(int[] shape, float[] elements) => new(OnnxType.Float, shape, elements);
    internal static OnnxArray<long> Of(int[] shape, long[] elements) => new(OnnxType.Int64, shape, elements);
    internal static OnnxArray<int> Of(int[] shape, int[] elements) => new(OnnxType.Int32, shape, elements);
    internal static OnnxArray<bool> Of(int[] shape, bool[] elements) => new(OnnxType.Bool, shape, elements);
    internal static OnnxArray<string> Of(int[] shape, string[] elements) => new(OnnxType.Text, shape, elements);

    /// <summary>A vector of whole numbers.</summary>
    internal static OnnxArray<long> Vector(params long[] elements) => Of([elements.Length], elements);

    public static OnnxArray Of(OnnxTensor tensor) => Of(tensor.Type, tensor.Shape, tensor.Elements);

    internal static OnnxArray Of(OnnxType type, int[] shape, Array elements) => elements switch
    {
        float[] data => new OnnxArray<float>(type, shape, data),
        double[] data => new OnnxArray<double>(type, shape, data),
        bool[] data => new OnnxArray<bool>(type, shape, data),
        string[] data => new OnnxArray<string>(type, shape, data),
        // .NET takes an array of int for one of uint, so the type decides
        _ => type switch
        {
            OnnxType.Int64 => new OnnxArray<long>(type, shape, (long[])elements),
            OnnxType.Int32 => new OnnxArray<int>(type, shape, (int[])elements),
            OnnxType.UInt32 => new OnnxArray<uint>(type, shape, (uint[])elements),
            OnnxType.Int16 => new OnnxArray<short>(type, shape, (short[])elements),
            OnnxType.UInt16 => new OnnxArray<ushort>(type, shape, (ushort[])elements),
            OnnxType.UInt64 => new OnnxArray<ulong>(type, shape, (ulong[])elements),
            OnnxType.Int8 or OnnxType.Int4 or OnnxType.Int2 => new OnnxArray<sbyte>(type, shape, (sbyte[])elements),
            _ => new OnnxArray<byte>(type, shape, (byte[])elements),
        },
    };

    private T[] Converted<T>() where T : struct, System.Numerics.INumber<T> => Numbers.Visit<Numbers.Conversion<T>, T[]>(this, default);
}
