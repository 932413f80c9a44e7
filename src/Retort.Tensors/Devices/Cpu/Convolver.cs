using System.Runtime.InteropServices;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// Convolution as matrix products over column matrices. Images with few pixels are taken several at a time, side by side, so that
/// the products fill the tiles. Every cut depends on the shape alone: equal bits for any thread count.
/// </summary>
internal sealed unsafe partial class Convolver : IDisposable
{
    private const long WishedPixels = 512, ImplicitPixels = 1600, FewestBundles = 8, MaximumParts = 16, SumChunk = 16384;

    private readonly WorkerPool _pool;
    private readonly MatrixMultiplier _multiplier;
    private readonly Scratch[] _scratch;
    private readonly NativeBuffer _partialSums, _table, _turned;
    private GCHandle _self; // weak: jobs are plain memory and find their convolver through it

    public Convolver(WorkerPool pool, MatrixMultiplier multiplier, AllocationCount allocations)
    {
        _pool = pool;
        _multiplier = multiplier;
        (_partialSums, _table, _turned) = (new NativeBuffer(allocations), new NativeBuffer(allocations), new NativeBuffer(allocations));
        _scratch = new Scratch[pool.Threads];
        for (var i = 0; i < _scratch.Length; i++) _scratch[i] = new Scratch(allocations);
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
    }

    public void Forward(in Window window, float* x, float* weight, float* bias, float* y)
    {
        var implicitly = ImplicitColumns.Suits(window);
        var plan = new Plan(window, implicitly);
        if (plan.IsEmpty) return;
        if (plan.IsDepthwise)
        {
            _pool.For(window.Batch * window.OutputChannels,
                new DepthwiseForward { Window = window, X = x, Weight = weight, Bias = bias, Y = y });
            return;
        }
        _pool.For(plan.Bundles, new ForwardJob { Plan = plan, Implicit = implicitly
            ? ImplicitColumns.Create(window, _table.Bytes(ImplicitColumns.TableBytes(window)))
            : default, X = x, Weight = weight, Bias = bias, Y = y, Owner = GCHandle.ToIntPtr(_self) });
    }

    public void Backward(in Window window, float* x, float* weight, float* dy, float* dx, bool accumulate, float* dWeight,
        bool accumulateWeight, float* dBias, bool accumulateBias)
    {
        var plan = new Plan(window, false);
        if (dBias != null) _pool.For(window.OutputChannels,
            new BiasSums { Plan = plan, Gradient = dy, Sums = dBias, Accumulate = accumulateBias });
        if (plan.IsDepthwise)
        {
            if (dx != null) _pool.For(window.Batch * window.InputChannels,
                new DepthwiseInput { Window = window, Weight = weight, Gradient = dy, Result = dx, Accumulate = accumulate });
            if (dWeight != null) _pool.For(window.OutputChannels,
                new DepthwiseWeight { Window = window, X = x, Gradient = dy, Result = dWeight, Accumulate = accumulateWeight });
            return;
        }
        if (dx != null && !accumulate && CanTurn(window))
        {
            Forward(Turned(window), dy, TurnedWeights(window, plan, weight), null, dx);
            dx = null;
            if (dWeight == null) return;
        }
        var weights = window.OutputChannels * plan.Patch;
        var parts = Math.Min(MaximumParts, plan.Bundles);
        var sums = dWeight == null ? null : _partialSums.Floats(parts * weights);
        _pool.For(parts, new BackwardJob
        {
            Plan = plan, Parts = parts, X = x, Weight = weight, Gradient = dy, InputGradient = dx, Accumulate = accumulate,
                PartialSums = sums, Owner = GCHandle.ToIntPtr(_self),
        });
        if (dWeight != null)
            _pool.For((weights + SumChunk - 1) / SumChunk,
                new AddParts { Parts = parts, Count = weights, PartialSums = sums, Result = dWeight, Accumulate = accumulateWeight });
    }

    /// <summary>Inside a job of several chunks the other threads have work of their own.</summary>
    private void Multiply(in Product product, bool alone, int thread)
    {
        if (alone) _multiplier.Multiply(product);
        else _multiplier.MultiplyHere(product, thread);
    }

    private static Convolver From(nint handle) => (Convolver)GCHandle.FromIntPtr(handle).Target!;

    public void Dispose()
    {
        _partialSums.Dispose();
        _table.Dispose();
        _turned.Dispose();
        foreach (var scratch in _scratch) scratch.Dispose();
        if (_self.IsAllocated) _self.Free();
    }

    /// <summary>What the shape decides.</summary>
    private readonly struct Plan
    {
        public readonly Window Window;

        /// <summary>Channels of one group; rows of its column matrix; pixels of an output and an input plane.</summary>
        public readonly int InputChannels, OutputChannels, Patch, Pixels, InputPixels;

        /// <summary>Images taken at a time, and how often.</summary>
        public readonly int Images;
        public readonly long Bundles;

        public Plan(in Window window, bool implicitly)
        {
            Window = window;
            InputChannels = (int)(window.InputChannels / window.Groups);
            OutputChannels = (int)(window.OutputChannels / window.Groups);
            Patch = checked(InputChannels * window.KernelHeight * window.KernelWidth);
            Pixels = checked((int)(window.OutputHeight * window.OutputWidth));
            InputPixels = checked((int)(window.InputHeight * window.InputWidth));
            Images = implicitly
                ? (int)Math.Clamp(ImplicitPixels / Math.Max(1, Pixels), 1, Math.Max(1, window.Batch / FewestBundles))
                : (int)Math.Clamp(WishedPixels / Math.Max(1, Pixels), 1, Math.Max(1, window.Batch));
            Bundles = (window.Batch + Images - 1) / Images;
        }

        public bool IsEmpty => Window.Batch == 0 || Pixels == 0 || Window.OutputChannels == 0;
        public bool IsDepthwise => InputChannels == 1 && OutputChannels == 1;

        /// <summary>The image is its own column matrix.</summary>
        public bool IsPointwise => Window is { KernelHeight: 1, KernelWidth: 1, Stride: 1, Padding: 0 };

        /// <summary>The implicit columns of a bundle, moved from those of the first image.</summary>
        public ImplicitColumns Of(ImplicitColumns columns, float* x, long first, int count, int group)
        {
            columns.Image = x + InputOffset(first, group);
            columns.ImageStride = (nint)(Window.InputChannels * InputPixels);
            columns.Total = count * Pixels;
            return columns;
        }

        public long First(long bundle) => bundle * Images;
        public int Count(long bundle) => (int)Math.Min(Images, Window.Batch - bundle * Images);
        public long InputOffset(long image, int group) => (image * Window.InputChannels + (long)group * InputChannels) * InputPixels;
        public long OutputOffset(long image, int group) => (image * Window.OutputChannels + (long)group * OutputChannels) * Pixels;
    }

    private sealed class Scratch(AllocationCount allocations) : IDisposable
    {
        public readonly NativeBuffer Columns = new(allocations), Outputs = new(allocations);

        public void Dispose()
        {
            Columns.Dispose();
            Outputs.Dispose();
        }
    }
}
