using System.Numerics;
using System.Runtime.InteropServices;

namespace Retort.Tensors.Devices;

/// <summary>Numbers in and out of memory that the processor can address, with conversion.</summary>
internal static unsafe class HostMemory
{
    public static Span<T> Span<T>(Storage storage) where T : unmanaged =>
        storage.Length > 0 && storage.ElementBytes != sizeof(T)
            ? throw new RetortException("memory", $"elements of {storage.ElementBytes} bytes were read as {typeof(T).Name}.",
                $"elements of {sizeof(T)} bytes.")
            : new((void*)storage.Address, checked((int)storage.Length));

    public static void Store<T>(Tensor destination, ReadOnlySpan<T> values) where T : unmanaged, INumber<T>
    {
        var storage = Checked("Write", destination, values.Length);
        switch (destination.DataType)
        {
            case DataType.Float32: Convert(values, Span<float>(storage)); break;
            case DataType.Float64: Convert(values, Span<double>(storage)); break;
            case DataType.Int32: Convert(values, Span<int>(storage)); break;
            default:
                var floats = new float[values.Length];
                Convert<T, float>(values, floats);
                NarrowNumbers.Store(destination, floats);
                break;
        }
    }

    public static void Load<T>(Tensor source, Span<T> values) where T : unmanaged, INumber<T>
    {
        var storage = Checked("Read", source, values.Length);
        switch (source.DataType)
        {
            case DataType.Float32: Convert<float, T>(Span<float>(storage), values); break;
            case DataType.Float64: Convert<double, T>(Span<double>(storage), values); break;
            case DataType.Int32: Convert<int, T>(Span<int>(storage), values); break;
            default: Convert<float, T>(NarrowNumbers.Widened(storage, source.Shape[0]), values); break;
        }
    }

    private static Storage Checked(string operation, Tensor tensor, int length) =>
        tensor.Shape.Count == length ? tensor.Storage
        : throw new RetortException(operation, $"{length} values for a tensor of shape {tensor.Shape}.", $"{tensor.Shape.Count} values.");

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> destination)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        if (typeof(TFrom) == typeof(TTo))
        {
            MemoryMarshal.Cast<TFrom, TTo>(source).CopyTo(destination);
            return;
        }
        for (var i = 0; i < source.Length; i++) destination[i] = TTo.CreateTruncating(source[i]);
    }
}
