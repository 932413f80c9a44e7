using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// The matrix product: packed panels, a tile in registers, blocks that fit the caches, work claimed in two phases (pack B, tiles).
/// Every element of C is one chain of multiply-adds over k, cut where <see cref="DepthStart"/> says: the bits depend on K and the
/// vector width alone.
/// </summary>
internal sealed unsafe partial class MatrixMultiplier : IDisposable
{
    // A panel of B fills the first-level cache, a block of A half of the second level, packed B fits the third.
    private const int DepthBlock = 384, LongestDepth = Packing.LongestDepth;
    private const int RowBlock = 336, ColumnBlock = 8192, OwnColumns = 1280, FewColumns = 64;
    private const int CounterStride = 16, CountersPerStep = 4; // of 8 bytes: each counter alone on a pair of cache lines
    private const double SmallestParallel = 300_000;

    private readonly WorkerPool _pool;
    private readonly TileSet _tiles = TileSet.ForThisProcessor();
    private readonly NativeBuffer _packedB, _counters;
    private readonly Scratch[] _scratch;
    private GCHandle _self; // weak: jobs are plain memory and find their multiplier through it

    public MatrixMultiplier(WorkerPool pool, AllocationCount allocations)
    {
        _pool = pool;
        (_packedB, _counters) = (new NativeBuffer(allocations), new NativeBuffer(allocations));
        _scratch = new Scratch[pool.Threads];
        for (var i = 0; i < _scratch.Length; i++) _scratch[i] = new Scratch(allocations);
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
    }

    /// <summary>For jobs, which are plain memory.</summary>
    public nint Handle => GCHandle.ToIntPtr(_self);

    public static MatrixMultiplier From(nint handle) => (MatrixMultiplier)GCHandle.FromIntPtr(handle).Target!;

    /// <summary>On all threads, when it is worth it.</summary>
    public void Multiply(in Product product)
    {
        if (product.IsEmpty) return;
        if (SuitsDots(product))
        {
            MultiplyByDots(product);
            return;
        }
        if (SuitsRowSums(product))
        {
            MultiplyByRowSums(product);
            return;
        }
        if (_pool.Threads == 1 || product.Operations < SmallestParallel)
        {
            MultiplyHere(product, 0);
            return;
        }
        if (product.K > 0 && SuitsOwnColumns(product))
        {
            MultiplyByColumns(product);
            return;
        }
        var job = new Job { Product = product, Owner = Handle };
        job.Depths = Parts(product.K, DepthBlock);
        job.ColumnBlocks = Parts(product.N, ColumnBlock);
        job.RowBlocks = Parts(product.M, RowBlock);
        if (job.RowBlocks > 1) job.RowBlocks += job.RowBlocks & 1;
        var panels = Parts(Math.Min(product.N, ColumnBlock), _tiles.Columns);
        var wanted = Math.Max(4, 2 * _pool.Threads);
        job.ColumnGroups = job.RowBlocks < wanted ? Math.Min(panels, Parts(wanted, job.RowBlocks)) : 1;
        job.BufferFloats = (long)panels * _tiles.Columns * Math.Min(LongestDepth, product.K) + 64;
        job.PackedB = _packedB.Floats(2 * job.BufferFloats);
        var counters = (long)Math.Max(1, job.Depths) * job.ColumnBlocks * CountersPerStep * CounterStride;
        job.Counters = (long*)_counters.Bytes(counters * sizeof(long));
        for (var i = 0L; i < counters; i += CounterStride) job.Counters[i] = 0;
        _pool.Run(&Work, &job);
    }

    /// <summary>On the calling thread alone, which names its scratch: for small products, and inside jobs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void MultiplyHere(in Product product, int thread)
    {
        if (product.IsEmpty) return;
        if (product.K == 0)
        {
            Clear(product);
            return;
        }
        if (product.M <= DotRows && SuitsDots(product))
        {
            new DotsJob { Product = product }.Run();
            return;
        }
        if (SuitsRowSums(product))
        {
            new RowSumsJob { Product = product }.Run(0, product.N);
            return;
        }
        var scratch = _scratch[thread];
        var packedA = scratch.A.Floats((RowBlock + _tiles.Rows) * LongestDepth);
        // A matrix that is packed from its source at no great cost is packed where it is read at once.
        var ownColumns = product.B.Columns != null && product.M <= RowBlock ? FewColumns : OwnColumns;
        var packedB = scratch.B.Floats((long)Math.Min(ownColumns, Rounded(product.N)) * Math.Min(LongestDepth, product.K) + 64);
        var tile = scratch.Tile.Floats(_tiles.Rows * _tiles.Columns);
        var depths = Parts(product.K, DepthBlock);
        for (var part = 0; part < depths; part++)
        {
            var first = DepthStart(product.K, part, depths);
            var depth = DepthStart(product.K, part + 1, depths) - first;
            var oneBlock = product.M <= RowBlock;
            if (oneBlock) Packing.PackA(_tiles, product.A, 0, product.M, first, depth, packedA, Parts(product.M, _tiles.Rows));
            for (var column = 0; column < product.N; column += ownColumns)
            {
                var width = Math.Min(ownColumns, product.N - column);
                Packing.PackB(_tiles, product.B, column, width, first, depth, packedB);
                for (var row = 0; row < product.M; row += RowBlock)
                {
                    var rows = Math.Min(RowBlock, product.M - row);
                    var panels = Parts(rows, _tiles.Rows);
                    if (!oneBlock) Packing.PackA(_tiles, product.A, row, rows, first, depth, packedA, panels);
                    Tiles(product, packedA, packedB, row, rows, panels, column, width, depth, part > 0, part == depths - 1, tile);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Work(int thread, void* context)
    {
        var job = (Job*)context;
        From(job->Owner).Work(thread, job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Work(int thread, Job* job)
    {
        ref var product = ref job->Product;
        if (product.K == 0)
        {
            if (Interlocked.Increment(ref *job->Counters) == 1) Clear(product);
            return;
        }
        var scratch = _scratch[thread];
        var packedA = scratch.A.Floats((RowBlock + _tiles.Rows) * LongestDepth);
        var tile = scratch.Tile.Floats(_tiles.Rows * _tiles.Columns);
        var allTiles = (long)job->RowBlocks * job->ColumnGroups;
        var step = 0;
        for (var block = 0; block < job->ColumnBlocks; block++)
        {
            var column = block * ColumnBlock;
            var width = Math.Min(ColumnBlock, product.N - column);
            for (var part = 0; part < job->Depths; part++, step++)
            {
                var first = DepthStart(product.K, part, job->Depths);
                var depth = DepthStart(product.K, part + 1, job->Depths) - first;
                var packedB = job->PackedB + (step & 1) * job->BufferFloats; // B packed twice in turn: packing overlaps the tiles before
                var counters = job->Counters + (long)step * CountersPerStep * CounterStride;
                PackShared(product, column, width, first, depth, packedB, counters);
                if (step > 0) _pool.WaitFor(counters - CounterStride, allTiles); // K parts add to the same C
                ShareTiles(job, column, width, part, first, depth, packedA, packedB, tile, counters + 2 * CounterStride);
            }
        }
    }

    /// <summary>Returns when all of this part of B is packed, by whomever.</summary>
    private void PackShared(in Product product, int column, int width, int first, int depth, float* packedB, long* counters)
    {
        var panels = Parts(width, _tiles.Columns);
        var chunk = (Math.Clamp(Parts(panels, 8), 2, 8) + 1) & ~1;
        var completed = counters + CounterStride;
        for (long claimed; (claimed = (Interlocked.Increment(ref *counters) - 1) * chunk) < panels;)
        {
            var from = (int)claimed * _tiles.Columns;
            var to = Math.Min(width, from + chunk * _tiles.Columns);
            Packing.PackB(_tiles, product.B, column + from, to - from, first, depth, packedB + (nint)from * depth);
            Interlocked.Increment(ref *completed);
        }
        _pool.WaitFor(completed, Parts(panels, chunk));
    }

    private void ShareTiles(Job* job, int column, int width, int part, int first, int depth, float* packedA, float* packedB, float* tile,
        long* counters)
    {
        ref var product = ref job->Product;
        var allPanels = Parts(width, _tiles.Columns);
        var allTiles = (long)job->RowBlocks * job->ColumnGroups;
        int packed = -1, row = 0, rows = 0, panels = 0;
        for (long claimed; (claimed = Interlocked.Increment(ref *counters) - 1) < allTiles;)
        {
            var rowBlock = (int)(claimed / job->ColumnGroups);
            var group = claimed % job->ColumnGroups;
            if (rowBlock != packed)
            {
                row = (int)((long)product.M * rowBlock / job->RowBlocks);
                rows = (int)((long)product.M * (rowBlock + 1) / job->RowBlocks) - row;
                panels = Parts(rows, _tiles.Rows);
                Packing.PackA(_tiles, product.A, row, rows, first, depth, packedA, panels);
                packed = rowBlock;
            }
            var from = (int)(allPanels * group / job->ColumnGroups) * _tiles.Columns;
            var to = Math.Min(width, (int)(allPanels * (group + 1) / job->ColumnGroups) * _tiles.Columns);
            Tiles(product, packedA, packedB + (nint)from * depth, row, rows, panels, column
                + from, to - from, depth, part > 0, part == job->Depths - 1, tile);
            Interlocked.Increment(ref counters[CounterStride]);
        }
    }

    /// <summary>Each panel of B stays in the first-level cache while the block of A streams from the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tiles(in Product product, float* packedA, float* packedB, int row, int rows, int panels, int column, int width, int depth,
        bool later, bool last, float* scratch)
    {
        var kernels = _tiles.Kernels;
        var columns = _tiles.Columns;
        var stride = product.StrideC;
        var accumulate = later || product.Accumulate ? 1 : 0;
        var finish = last && product.Epilogue.IsNeeded;
        for (var done = 0; done < width; done += columns, packedB += (nint)columns * depth)
        {
            var left = Math.Min(columns, width - done);
            var a = packedA;
            var top = row;
            for (var panel = 0; panel < panels; panel++)
            {
                var height = Packing.Height(rows, panels, panel);
                var c = product.C + (top * stride + column + done);
                if (left == columns) kernels[height](a, packedB, depth, c, stride, accumulate);
                else
                {
                    kernels[height](a, packedB, depth, scratch, columns, 0);
                    Scatter(scratch, columns, c, stride, height, left, accumulate);
                }
                if (finish) product.Epilogue.Apply(product.C, stride, top, column + done, height, left);
                a += (nint)height * depth;
                top += height;
            }
        }
    }

    private static void Scatter(float* scratch, int columns, float* c, nint stride, int height, int width, int accumulate)
    {
        for (var i = 0; i < height; i++, scratch += columns, c += stride)
        {
            if (accumulate != 0) FloatRows.Add(scratch, c, width);
            else
                for (var j = 0; j < width; j++) c[j] = scratch[j];
        }
    }

    /// <summary>K = 0: an empty sum.</summary>
    private static void Clear(in Product product)
    {
        for (var row = 0; row < product.M; row++)
        {
            if (!product.Accumulate) new Span<float>(product.C + row * product.StrideC, product.N).Clear();
            if (product.Epilogue.IsNeeded) product.Epilogue.Apply(product.C, product.StrideC, row, 0, 1, product.N);
        }
    }

    /// <summary>Nearly equal parts of K at multiples of 16.</summary>
    private static int DepthStart(int depth, int part, int parts) => part == parts ? depth : (int)((long)depth * part / parts) & ~15;

    private static int Parts(int count, int size) => (count + size - 1) / size;

    private int Rounded(int columns) => Parts(columns, _tiles.Columns) * _tiles.Columns;

    public void Dispose()
    {
        _packedB.Dispose();
        _counters.Dispose();
        foreach (var scratch in _scratch) scratch.Dispose();
        if (_self.IsAllocated) _self.Free();
    }

    private struct Job
    {
        public Product Product;
        public nint Owner;
        public int Depths, ColumnBlocks, RowBlocks, ColumnGroups;
        public long BufferFloats;
        public float* PackedB;
        public long* Counters;
    }

    private sealed class Scratch(AllocationCount allocations) : IDisposable
    {
        public readonly NativeBuffer A = new(allocations), B = new(allocations), Tile = new(allocations);

        public void Dispose()
        {
            A.Dispose();
            B.Dispose();
            Tile.Dispose();
        }
    }
}
