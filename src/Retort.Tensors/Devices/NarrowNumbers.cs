using System.Runtime.InteropServices;

namespace Retort.Tensors.Devices;

/// <summary>Matrices in two bytes or one an element, in memory that the processor can address.</summary>
internal static unsafe class NarrowNumbers
{
    private const float LargestInt8 = 127;

    /// <summary>Rounds to the nearest number that the type has, ties to even.</summary>
    /// <param name="destination">[rows, …] of a narrow type.</param>
    /// <param name="values">As many numbers, row by row.</param>
    public static void Store(Tensor destination, ReadOnlySpan<float> values)
    {
        if (values.Length != destination.Shape.Count)
            throw new RetortException("Write", $"{values.Length} values for a tensor of shape {destination.Shape}.",
                $"{destination.Shape.Count} values.");
        if (destination.DataType == DataType.BFloat16)
        {
            var halves = HostMemory.Span<ushort>(destination.Storage);
            for (var i = 0; i < halves.Length; i++) halves[i] = Rounded(values[i]);
            return;
        }
        var whole = HostMemory.Span<sbyte>(destination.Storage);
        var scales = Scales(destination.Storage, destination.Shape[0]);
        var columns = whole.Length / scales.Length;
        for (var row = 0; row < scales.Length; row++)
        {
            var from = values.Slice(row * columns, columns);
            var largest = 0f;
            foreach (var value in from) largest = Math.Max(largest, Math.Abs(value));
            scales[row] = largest / LargestInt8;
            for (var i = 0; i < columns; i++)
                whole[row * columns + i] = largest > 0 ? (sbyte)MathF.Round(from[i] / scales[row]) : (sbyte)0;
        }
    }

    /// <summary>The numbers that the matrix stands for.</summary>
    /// <param name="source">A narrow matrix.</param>
    /// <param name="rows">Its rows.</param>
    public static float[] Widened(Storage source, long rows)
    {
        var values = new float[source.Length];
        if (source.ElementBytes == DataType.BFloat16.Bytes())
        {
            var halves = HostMemory.Span<ushort>(source);
            for (var i = 0; i < values.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
            return values;
        }
        var whole = HostMemory.Span<sbyte>(source);
        var scales = Scales(source, rows);
        var columns = Math.Max(1, values.Length / Math.Max(1, scales.Length));
        for (var i = 0; i < values.Length; i++) values[i] = whole[i] * scales[i / columns];
        return values;
    }

    /// <summary>NaN stays NaN.</summary>
    private static ushort Rounded(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    private static Span<float> Scales(Storage storage, long rows) =>
        MemoryMarshal.CreateSpan(ref *(float*)(storage.Address + (nint)DataTypes.ScalesOffset(storage.Length)), checked((int)rows));
}
