namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// The contract in float32 on the threads of one pool. Results depend on shapes and on the vector width, never on the thread count.
/// </summary>
internal sealed unsafe partial class CpuKernels : Kernels, IDisposable
{
    private readonly WorkerPool _pool;
    private readonly MatrixMultiplier _multiplier;
    private readonly Convolver _convolver;
    private readonly NativeBuffer _scores, _columnSums, _wide, _exponentials;

    public CpuKernels(WorkerPool pool, AllocationCount allocations)
    {
        _pool = pool;
        _multiplier = new MatrixMultiplier(pool, allocations);
        _convolver = new Convolver(pool, _multiplier, allocations);
        (_scores, _columnSums) = (new NativeBuffer(allocations), new NativeBuffer(allocations));
        (_wide, _exponentials) = (new NativeBuffer(allocations), new NativeBuffer(allocations));
    }

    private static float* Floats(Storage storage) => storage.IsNarrow ? throw NotWidened() : (float*)storage.Address;

    private static RetortException NotWidened() => new("kernel", "a matrix in a narrow type was given where it is not widened.",
        "Float32; frozen weights are read by linear layers, embeddings and convolutions.");

    public void Dispose()
    {
        _scores.Dispose();
        _columnSums.Dispose();
        _wide.Dispose();
        _exponentials.Dispose();
        _convolver.Dispose();
        _multiplier.Dispose();
    }
}
