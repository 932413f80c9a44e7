namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// The contract in float32 on the threads of one pool. Results depend on shapes and on the vector width, never on the thread count.
/// </summary>
internal sealed unsafe partial class CpuKernels : Kernels, IDisposable
{
    private readonly WorkerPool _pool;
    private readonly MatrixMultiplier _multiplier;
    private readonly Convolver _convolver;
    private readonly NativeBuffer _scores, _columnSums;

    public CpuKernels(WorkerPool pool, AllocationCount allocations)
    {
        _pool = pool;
        _multiplier = new MatrixMultiplier(pool, allocations);
        _convolver = new Convolver(pool, _multiplier, allocations);
        (_scores, _columnSums) = (new NativeBuffer(allocations), new NativeBuffer(allocations));
    }

    private static float* Floats(Storage storage) => (float*)storage.Address;

    public void Dispose()
    {
        _scores.Dispose();
        _columnSums.Dispose();
        _convolver.Dispose();
        _multiplier.Dispose();
    }
}
