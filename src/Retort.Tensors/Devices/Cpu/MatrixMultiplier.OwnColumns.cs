using System.Runtime.CompilerServices;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// The schedule for few rows and many columns (a layer at a small batch): every thread packs all of A for itself, then claims
/// panels of B, packs each where it will be read at once, and finishes its columns. No phase waits for another, and packed B
/// never leaves the caches of its core.
/// </summary>
internal sealed unsafe partial class MatrixMultiplier
{
    // All of packed A may fill half of a second-level cache of 1 MiB.
    private const long OwnFloats = 131_072;
    private const int WidePanels = 2;

    private bool SuitsOwnColumns(in Product product) =>
        product.M <= RowBlock && (long)product.M * product.K <= OwnFloats && Parts(product.N, _tiles.Columns) >= 4 * _pool.Threads;

    private void MultiplyByColumns(in Product product)
    {
        var panels = Parts(product.N, _tiles.Columns);
        var job = new ColumnJob { Product = product, Owner = Handle, Panels = panels };
        job.Wide = Math.Max(0, panels - 2 * _pool.Threads) / WidePanels; // single panels at the end, so that threads end together
        _pool.Run(&WorkColumns, &job);
    }

    private static void WorkColumns(int thread, void* context)
    {
        var job = (ColumnJob*)context;
        From(job->Owner).WorkColumns(thread, job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WorkColumns(int thread, ColumnJob* job)
    {
        var claims = job->Wide + (job->Panels - job->Wide * WidePanels);
        if (Volatile.Read(ref job->Claimed) >= claims) return; // came late: nothing to pack for
        ref var product = ref job->Product;
        var scratch = _scratch[thread];
        var depths = Parts(product.K, DepthBlock);
        var panelsOfRows = Parts(product.M, _tiles.Rows);
        var packedA = scratch.A.Floats(Math.Max(OwnFloats + 64, (RowBlock + _tiles.Rows) * LongestDepth));
        var packedB = scratch.B.Floats((long)OwnColumns * LongestDepth);
        var tile = scratch.Tile.Floats(_tiles.Rows * _tiles.Columns);
        for (var part = 0; part < depths; part++)
        {
            var first = DepthStart(product.K, part, depths);
            Packing.PackA(_tiles, product.A, 0, product.M, first, DepthStart(product.K, part + 1, depths) - first, packedA
                + (nint)first * product.M, panelsOfRows);
        }
        for (long claimed; (claimed = Interlocked.Increment(ref job->Claimed) - 1) < claims;)
        {
            var firstPanel = claimed < job->Wide ? claimed * WidePanels : job->Wide * WidePanels + (claimed - job->Wide);
            var column = (int)firstPanel * _tiles.Columns;
            var width = Math.Min(product.N - column, (claimed < job->Wide ? WidePanels : 1) * _tiles.Columns);
            for (var part = 0; part < depths; part++)
            {
                var first = DepthStart(product.K, part, depths);
                var depth = DepthStart(product.K, part + 1, depths) - first;
                Packing.PackB(_tiles, product.B, column, width, first, depth, packedB);
                Tiles(product, packedA + (nint)first * product.M, packedB, 0, product.M, panelsOfRows, column, width, depth, part > 0,
                    part == depths - 1, tile);
            }
        }
    }

    private struct ColumnJob
    {
        public Product Product;
        public nint Owner;
        public long Panels, Wide, Claimed;
    }
}
