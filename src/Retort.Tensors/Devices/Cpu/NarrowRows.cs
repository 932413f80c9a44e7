using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>Rows of a matrix in two bytes or one an element, widened to floats where they are read.</summary>
internal static unsafe class NarrowRows
{
    /// <summary>destination[i] = element first + i of a row.</summary>
    public static void Widen(in NarrowMatrix source, long row, long first, int count, float* destination)
    {
        var offset = row * source.Columns + first;
        if (source.Scales == null) Widen<ushort, HalfElements>((ushort*)source.Data + offset, 1, count, destination);
        else Widen<sbyte, WholeElements>((sbyte*)source.Data + offset, source.Scales[row], count, destination);
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

/// <summary>A matrix in a narrow type; of the two, the one with scales has one byte an element.</summary>
internal readonly unsafe struct NarrowMatrix
{
    public readonly void* Data;
    public readonly float* Scales;
    public readonly nint Columns;

    public NarrowMatrix(Storage storage, long columns)
    {
        Data = (void*)storage.Address;
        Columns = (nint)columns;
        if (storage.ElementBytes == 1) Scales = (float*)(storage.Address + (nint)DataTypes.ScalesOffset(storage.Length));
    }

    public bool IsGiven => Data != null;
}
