using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Rows of a matrix in two bytes, one or half a byte an element, widened to floats where they are read.</summary>
internal static unsafe class NarrowRows
{
    /// <summary>destination[i] = element first + i of a row.</summary>
    public static void Widen(in NarrowMatrix source, long row, long first, int count, float* destination)
    {
        if (source.Groups > 0)
        {
            WidenHalfBytes(source, row, first, count, destination);
            return;
        }
        var offset = row * source.Columns + first;
        if (source.Scales == null) Widen<ushort, HalfElements>((ushort*)source.Data + offset, 1, count, destination);
        else Widen<sbyte, WholeElements>((sbyte*)source.Data + offset, source.Scales[row], count, destination);
    }

    /// <summary>Whole groups go where they belong; of those at the ends a part is taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WidenHalfBytes(in NarrowMatrix source, long row, long first, int count, float* destination)
    {
        var part = stackalloc float[HalfBytes.Group];
        for (var done = 0; done < count;)
        {
            var group = row * source.Groups + (first + done) / HalfBytes.Group;
            var from = (int)((first + done) % HalfBytes.Group);
            var taken = Math.Min(HalfBytes.Group - from, count - done);
            var whole = taken == HalfBytes.Group;
            WidenGroup((byte*)source.Data + group * (HalfBytes.Group / 2), source.Scales[group], whole ? destination + done : part);
            if (!whole) new ReadOnlySpan<float>(part + from, taken).CopyTo(new Span<float>(destination + done, taken));
            done += taken;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WidenGroup(byte* source, float scale, float* destination)
    {
        var (pairs, zero, scales) = (Vector128.Load(source), Vector128.Create((sbyte)HalfBytes.Zero), Vector512.Create(scale));
        (WholeElements.Widen((pairs & Vector128.Create((byte)0x0F)).AsSByte() - zero) * scales).Store(destination);
        (WholeElements.Widen((pairs >>> 4).AsSByte() - zero) * scales).Store(destination + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen<T, TElements>(T* source, float scale, int count, float* destination)
        where T : unmanaged where TElements : IElements<T>
    {
        var i = 0;
        var scales = Vector512.Create(scale);
        for (; i + 16 <= count; i += 16) (TElements.Load(source + i) * scales).Store(destination + i);
        for (; i < count; i++) destination[i] = TElements.Widen(source[i]) * scale;
    }
}

/// <summary>A matrix in a narrow type: one with groups has half a byte an element, else one with scales has one.</summary>
internal readonly unsafe struct NarrowMatrix
{
    public readonly void* Data;
    public readonly float* Scales;
    public readonly nint Columns;

    /// <summary>Groups of a row that have a scale of their own; 0 = a row has one, or none.</summary>
    public readonly nint Groups;

    public NarrowMatrix(Storage storage, long columns)
    {
        Data = (void*)storage.Address;
        Columns = (nint)columns;
        if (storage.ElementBytes == Storage.TwoInAByte)
        {
            var form = HalfBytes.Of(storage.Length, storage.Length / Math.Max(1, columns));
            Groups = (nint)form.Groups;
            Scales = (float*)(storage.Address + (nint)form.Scales);
        }
        if (storage.ElementBytes == 1) Scales = (float*)(storage.Address + (nint)DataTypes.ScalesOffset(storage.Length));
    }

    public bool IsGiven => Data != null;
}
