using System.Numerics;
using Retort.Formats.Onnx;
using Retort.Tensors;

namespace Retort.Teachers.Onnx;

/// <summary>Work that is the same for every number type.</summary>
/// <typeparam name="TResult">What comes of it.</typeparam>
internal interface INumberWork<TResult>
{
    TResult Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>;
}

/// <summary>From an array of some type to the code for its elements.</summary>
internal static class Numbers
{
    /// <summary>Runs the work for the element type of an array; truth values count as bytes 0 and 1.</summary>
    public static TResult Visit<TWork, TResult>(OnnxArray array, TWork work) where TWork : INumberWork<TResult> => array switch
    {
        OnnxArray<float> a => work.Run(a),
        OnnxArray<double> a => work.Run(a),
        OnnxArray<long> a => work.Run(a),
        OnnxArray<int> a => work.Run(a),
        OnnxArray<short> a => work.Run(a),
        OnnxArray<sbyte> a => work.Run(a),
        OnnxArray<byte> a => work.Run(a),
        OnnxArray<ushort> a => work.Run(a),
        OnnxArray<uint> a => work.Run(a),
        OnnxArray<ulong> a => work.Run(a),
        OnnxArray<bool> a => work.Run(new OnnxArray<byte>(OnnxType.UInt8, a.Shape,
            Array.ConvertAll(a.Data, value => value ? (byte)1 : (byte)0))),
        _ => throw new RetortException("value", $"an array of type {array.Type}.", "numbers."),
    };

    /// <summary>Every element as another number type.</summary>
    internal readonly struct Conversion<TTo> : INumberWork<TTo[]> where TTo : struct, INumber<TTo>
    {
        public TTo[] Run<T>(OnnxArray<T> array) where T : struct, INumber<T>, IMinMaxValue<T>
        {
            var converted = new TTo[array.Count];
            for (var i = 0; i < converted.Length; i++) converted[i] = TTo.CreateTruncating(array.Data[i]);
            return converted;
        }
    }

    /// <summary>Rounds elements to a narrow float type, in place where the array is new.</summary>
    public static void RoundTo(OnnxType type, Span<float> elements)
    {
        if (!NarrowFloats.IsNarrow(type)) return;
        foreach (ref var element in elements) element = NarrowFloats.Round(type, element);
    }
}
