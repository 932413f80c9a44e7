using System.Runtime.InteropServices;

namespace Retort.Tensors.Devices;

/// <summary>Matrices in two bytes, one or half a byte an element, in memory that the processor can address.</summary>
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
        if (destination.DataType == DataType.Int4)
        {
            StoreHalfBytes(destination, values);
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
                whole[row * columns + i] = scales[row] == 0 ? (sbyte)0 : (sbyte)Steps(from[i], scales[row], LargestInt8);
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
        if (source.ElementBytes == Storage.TwoInAByte) return WidenedHalfBytes(source, rows);
        var whole = HostMemory.Span<sbyte>(source);
        var scales = Scales(source, rows);
        var columns = Math.Max(1, values.Length / Math.Max(1, scales.Length));
        for (var i = 0; i < values.Length; i++) values[i] = whole[i] * scales[i / columns];
        return values;
    }

    /// <summary>Where a step is one of the smallest numbers there are, it was rounded, and more of them fit than the type has.</summary>
    private static float Steps(float value, float step, float most) => Math.Clamp(MathF.Round(value / step), -most, most);

    /// <summary>NaN stays NaN.</summary>
    private static ushort Rounded(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    private static void StoreHalfBytes(Tensor destination, ReadOnlySpan<float> values)
    {
        var form = HalfBytes.Of(values.Length, destination.Shape[0]);
        Span<byte> bytes = HalfByteRows(destination.Storage, form);
        Span<float> scales = HalfByteScales(destination.Storage, form);
        var columns = values.Length / (int)Math.Max(1, form.Rows);
        bytes.Fill(HalfBytes.Zero | (HalfBytes.Zero << 4));
        for (var group = 0; group < scales.Length; group++)
        {
            var (row, first) = (group / (int)form.Groups, group % (int)form.Groups * HalfBytes.Group);
            var from = values.Slice(row * columns + first, Math.Min(HalfBytes.Group, columns - first));
            var largest = 0f;
            foreach (var value in from) largest = Math.Max(largest, Math.Abs(value));
            scales[group] = largest / HalfBytes.Largest;
            if (scales[group] == 0) continue; // noughts, or too small to have a step
            for (var i = 0; i < from.Length; i++)
            {
                var number = (int)Steps(from[i], scales[group], HalfBytes.Largest) + HalfBytes.Zero;
                ref var place = ref bytes[group * HalfBytes.Group / 2 + i % 16];
                place = (byte)(i < 16 ? (place & 0xF0) | number : (place & 0x0F) | (number << 4));
            }
        }
    }

    private static float[] WidenedHalfBytes(Storage source, long rows)
    {
        var values = new float[source.Length];
        var form = HalfBytes.Of(source.Length, rows);
        Span<byte> bytes = HalfByteRows(source, form);
        Span<float> scales = HalfByteScales(source, form);
        var columns = Math.Max(1, values.Length / (int)Math.Max(1, rows));
        for (var i = 0; i < values.Length; i++)
        {
            var (row, column) = (i / columns, i % columns);
            var group = row * (int)form.Groups + column / HalfBytes.Group;
            var pair = bytes[group * HalfBytes.Group / 2 + column % 16];
            values[i] = ((column % HalfBytes.Group < 16 ? pair & 0x0F : pair >> 4) - HalfBytes.Zero) * scales[group];
        }
        return values;
    }

    private static Span<byte> HalfByteRows(Storage storage, HalfBytes form) =>
        MemoryMarshal.CreateSpan(ref *(byte*)storage.Address, checked((int)(form.Rows * form.RowBytes)));

    private static Span<float> HalfByteScales(Storage storage, HalfBytes form) =>
        MemoryMarshal.CreateSpan(ref *(float*)(storage.Address + (nint)form.Scales), checked((int)(form.Rows * form.Groups)));

    private static Span<float> Scales(Storage storage, long rows) =>
        MemoryMarshal.CreateSpan(ref *(float*)(storage.Address + (nint)DataTypes.ScalesOffset(storage.Length)), checked((int)rows));
}
