using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>One piece of a job that <see cref="WorkerPool.For{TJob}"/> cut into chunks.</summary>
internal interface IChunkJob
{
    /// <param name="chunk">Which piece.</param>
    /// <param name="thread">Who computes it, for scratch memory; results may not depend on it.</param>
    void Run(long chunk, int thread);
}

/// <summary>
/// Threads that may join a job but need not: the caller computes whatever nobody else claims, and waits only for workers that are
/// inside. With a barrier of arrivals one descheduled worker would stall every operation for a scheduler slice.
/// </summary>
/// <remarks>
/// A worker may come late, or into a later job than the one it was woken for. So work must be claimed through counters, and a
/// phase ends when all its chunks are completed, never when all threads have arrived. Not re-entrant, and for one caller at a time.
/// </remarks>
internal sealed unsafe class WorkerPool : IDisposable
{
    // Workers spin for 20 to 200 microseconds before they sleep: longer than the gaps inside a step, short enough to share a machine.
    private const int SpinsBeforeSleep = 3000, SpinsBeforeYield = 4000;

    private readonly Worker[] _workers;
    private Line _epoch, _gate, _busy; // gate: negative = closed, low bits = workers inside
    private delegate*<int, void*, void> _function;
    private void* _context;
    private Action<long>? _body;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _stopping;

    public WorkerPool(int threads, bool pin = false)
    {
        Threads = threads;
        _gate.Value = int.MinValue;
        pin = OperatingSystem.IsLinux() && (pin || Environment.GetEnvironmentVariable("RETORT_PIN") == "1");
        if (pin) Pin(0);
        _workers = new Worker[threads - 1];
        for (var i = 0; i < _workers.Length; i++) _workers[i] = new Worker(this, i + 1, pin);
        foreach (var worker in _workers) worker.Thread.Start();
    }

    public int Threads { get; }

    /// <summary>Runs the function on the caller (thread 0) and on every worker that comes in time.</summary>
    /// <param name="function">Claims its work by counters in the context; the argument is the thread's number.</param>
    /// <param name="context">Must stay valid until the call returns.</param>
    /// <param name="wanted">Threads that could be of use: no more are woken.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(delegate*<int, void*, void> function, void* context, long wanted = long.MaxValue)
    {
        if (_workers.Length == 0 || wanted <= 1)
        {
            function(0, context);
            return;
        }
        if (Interlocked.Exchange(ref _busy.Value, 1) != 0) throw new InvalidOperationException("The pool is already running a job.");
        _function = function;
        _context = context;
        Volatile.Write(ref _gate.Value, 0);
        Interlocked.Increment(ref _epoch.Value); // a full fence: publishes the job and its counters
        Wake(wanted - 1);
        try
        {
            function(0, context);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        Interlocked.Or(ref _gate.Value, int.MinValue);
        for (var spins = 0; Volatile.Read(ref _gate.Value) != int.MinValue;) Pause(ref spins);
        var failure = Interlocked.Exchange(ref _failure, null);
        Volatile.Write(ref _busy.Value, 0);
        failure?.Throw();
    }

    /// <summary>Every chunk of the job, each on some thread. Allocates nothing.</summary>
    public void For<TJob>(long chunks, in TJob job) where TJob : unmanaged, IChunkJob
    {
        fixed (TJob* pointer = &job)
        {
            if (chunks <= 1 || _workers.Length == 0)
            {
                for (var chunk = 0L; chunk < chunks; chunk++) pointer->Run(chunk, 0);
                return;
            }
            var loop = new Loop { Chunks = chunks, Job = pointer };
            Run(&Chunks<TJob>, &loop, chunks);
        }
    }

    /// <summary>As <see cref="For{TJob}"/> where a closure does no harm.</summary>
    public void For(long chunks, Action<long> body)
    {
        if (chunks <= 1 || _workers.Length == 0)
        {
            for (var chunk = 0L; chunk < chunks; chunk++) body(chunk);
            return;
        }
        _body = body;
        var handle = GCHandle.Alloc(this);
        try
        {
            var loop = new Loop { Chunks = chunks, Job = (void*)GCHandle.ToIntPtr(handle) };
            Run(&Closures, &loop, chunks);
        }
        finally
        {
            handle.Free();
            _body = null;
        }
    }

    /// <summary>Waits inside a job until so many chunks are completed, or until a thread has failed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void WaitFor(long* completed, long needed)
    {
        for (var spins = 0; Volatile.Read(ref *completed) < needed && Volatile.Read(ref _failure) is null;) Pause(ref spins);
    }

    private static void Chunks<TJob>(int thread, void* context) where TJob : unmanaged, IChunkJob
    {
        var loop = (Loop*)context;
        for (long chunk; (chunk = Interlocked.Increment(ref loop->Claimed) - 1) < loop->Chunks;) ((TJob*)loop->Job)->Run(chunk, thread);
    }

    private static void Closures(int thread, void* context)
    {
        var loop = (Loop*)context;
        if (Volatile.Read(ref loop->Claimed) >= loop->Chunks) return;
        var body = ((WorkerPool)GCHandle.FromIntPtr((nint)loop->Job).Target!)._body!;
        for (long chunk; (chunk = Interlocked.Increment(ref loop->Claimed) - 1) < loop->Chunks;) body(chunk);
    }

    private void Wake(long needed)
    {
        foreach (var worker in _workers)
        {
            if (needed-- <= 0) return;
            if (Volatile.Read(ref worker.Sleeping.Value) != 0
                && Interlocked.Exchange(ref worker.Sleeping.Value, 0) == 1) worker.Token.Release();
        }
    }

    private void Fail(Exception exception) =>
        Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pause(ref int spins)
    {
        if (++spins >= SpinsBeforeYield) Thread.Yield();
        else if (X86Base.IsSupported) X86Base.Pause();
        else Thread.SpinWait(1);
    }

    private static void Pin(int processor)
    {
        var mask = 1UL << (processor & 63);
        _ = NativeMethods.SetAffinity(0, sizeof(ulong), &mask);
    }

    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        Interlocked.Increment(ref _epoch.Value);
        Wake(long.MaxValue);
        foreach (var worker in _workers) worker.Dispose();
    }

    private struct Loop
    {
        public long Claimed, Chunks;
        public void* Job;
    }

    /// <summary>A number alone on its cache lines (the prefetcher takes them in pairs).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Line
    {
        [FieldOffset(128)] public int Value;
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "sched_setaffinity")]
        public static extern int SetAffinity(int thread, nint bytes, ulong* mask);
    }

    private sealed class Worker : IDisposable
    {
        public readonly Thread Thread;
        public readonly SemaphoreSlim Token = new(0);
        public Line Sleeping;
        private readonly WorkerPool _pool;
        private readonly int _number;
        private readonly bool _pin;

        public Worker(WorkerPool pool, int number, bool pin)
        {
            _pool = pool;
            _number = number;
            _pin = pin;
            Thread = new Thread(Work) { IsBackground = true, Name = $"retort worker {number}" };
        }

        public void Dispose()
        {
            Thread.Join();
            Token.Dispose();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Work()
        {
            if (_pin) Pin(_number);
            for (var seen = 0; ;)
            {
                AwaitJob(seen);
                if (_pool._stopping) return;
                seen = Volatile.Read(ref _pool._epoch.Value);
                for (; ; )
                {
                    var gate = Volatile.Read(ref _pool._gate.Value);
                    if (gate < 0) break; // closed: the job is over
                    if (Interlocked.CompareExchange(ref _pool._gate.Value, gate + 1, gate) != gate) continue;
                    Join();
                    break;
                }
            }
        }

        private void Join()
        {
            try
            {
                _pool._function(_number, _pool._context);
            }
            catch (Exception exception)
            {
                _pool.Fail(exception);
            }
            Interlocked.Decrement(ref _pool._gate.Value);
        }

        private void AwaitJob(int seen)
        {
            for (var spins = 0; Volatile.Read(ref _pool._epoch.Value) == seen;)
            {
                if (++spins < SpinsBeforeSleep)
                {
                    if (X86Base.IsSupported) X86Base.Pause();
                    else Thread.SpinWait(1);
                    continue;
                }
                Interlocked.Exchange(ref Sleeping.Value, 1); // a full fence, then look again
                if (Volatile.Read(ref _pool._epoch.Value) != seen)
                {
                    if (Interlocked.Exchange(ref Sleeping.Value, 0) == 0) Token.Wait(); // somebody is waking us: eat the token
                    return;
                }
                Token.Wait();
                spins = 0;
            }
        }
    }
}
