namespace Retort.Tensors.Devices;

/// <summary>How often a device has asked the system for memory: in steady state the number stands still.</summary>
internal sealed class AllocationCount
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add() => Interlocked.Increment(ref _value);
}
