namespace Retort.Tensors.Devices;

/// <summary>A stretch of a device's memory. Only the device that made it knows what the address means.</summary>
/// <param name="Address">First byte.</param>
/// <param name="Length">Elements.</param>
/// <param name="ElementBytes">Bytes of one element, or <see cref="TwoInAByte"/>.</param>
public readonly record struct Storage(nint Address, long Length, int ElementBytes)
{
    /// <summary>Stands for half a byte.</summary>
    public const int TwoInAByte = -2;

    /// <summary>BFloat16, Int8 or Int4: to be widened where it is read.</summary>
    public bool IsNarrow => ElementBytes is 1 or 2 or TwoInAByte;

    private nint End => Address + (nint)(ElementBytes == TwoInAByte ? Length / 2 : Length * ElementBytes);

    public bool Overlaps(Storage other) => Address < other.End && other.Address < End;

    public Storage Slice(long start, long length)
    {
        if (start < 0 || length < 0 || start > Length - length)
            throw new RetortException("Storage", $"elements {start} to {start + length} of {Length}.", "a range inside the buffer.");
        if (ElementBytes == TwoInAByte && (start, length) != (0, Length))
            throw new RetortException("Storage", "a part of a matrix in half bytes.", "the whole: its rows share what lies behind them.");
        return new Storage(Address + (nint)(start * ElementBytes), length, ElementBytes);
    }
}
