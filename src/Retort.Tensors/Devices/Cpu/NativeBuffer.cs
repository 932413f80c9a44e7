namespace Retort.Tensors.Devices.Cpu;

/// <summary>Scratch memory that only grows; 128-byte aligned, 64 spare floats behind the end; the content is lost when it grows.</summary>
internal sealed unsafe class NativeBuffer(AllocationCount allocations) : IDisposable
{
    private const long SlackBytes = 256;
    private void* _memory;
    private long _bytes;

    /// <summary>At least so many bytes.</summary>
    public void* Bytes(long bytes)
    {
        if (bytes <= _bytes) return _memory;
        Free();
        _memory = Pages.Allocate(bytes + SlackBytes);
        _bytes = bytes;
        allocations.Add();
        return _memory;
    }

    public float* Floats(long count) => (float*)Bytes(checked(count * sizeof(float)));

    private void Free()
    {
        Pages.Free(_memory);
        _memory = null;
        _bytes = 0;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    ~NativeBuffer() => Free();
}
