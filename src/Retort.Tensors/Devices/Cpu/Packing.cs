using System.Runtime.CompilerServices;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// Panels of A are [k][height], of B [k][columns], k-major: the order in which a tile reads them. A has no padding (there is
/// a kernel for every height); the last panel of B is padded with zeros.
/// </summary>
internal static unsafe class Packing
{
    /// <summary>Of K in one part.</summary>
    public const int LongestDepth = 400;
    private const int MostLanes = 16, TransposedStep = 8;

    /// <summary>Height of a panel when so many rows are spread evenly: 15 rows become 8 + 7, not 14 + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Height(int rows, int panels, int panel) => rows / panels + (panel < rows % panels ? 1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackA(TileSet tiles, in Operand a, long row, int rows, long first, int depth, float* destination, int panels)
    {
        if (a.Transposed)
        {
            PackTransposedA(tiles, a, row, rows, first, depth, destination, panels);
            return;
        }
        for (var panel = 0; panel < panels; panel++)
        {
            var height = Height(rows, panels, panel);
            tiles.PackTransposed(a.Data + (row * a.Stride + first), a.Stride, height, depth, destination, height);
            destination += (nint)height * depth;
            row += height;
        }
    }

    /// <summary>
    /// A few k at a time over all panels: neighbouring panels share cache lines, which a long stride would have thrown out of their set
    /// before the next panel came.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackTransposedA(TileSet tiles, in Operand a, long row, int rows, long first, int depth, float* destination,
        int panels)
    {
        var whole = Math.Max(0, depth - MostLanes); // what is copied as vectors spoils floats behind it, but never behind its panel
        for (var k = 0; k < depth; k += TransposedStep)
        {
            var steps = Math.Min(TransposedStep, depth - k);
            var source = a.Data + ((first + k) * a.Stride + row);
            var panelStart = destination;
            for (var panel = 0; panel < panels; panel++)
            {
                var height = Height(rows, panels, panel);
                var to = panelStart + (nint)height * k;
                if (k + steps <= whole) tiles.PackStraight(source, a.Stride, steps, to, height);
                else CopyRows(source, a.Stride, steps, to, height);
                source += height;
                panelStart += (nint)height * depth;
            }
        }
    }

    private static void CopyRows(float* source, nint stride, int count, float* destination, int height)
    {
        for (; count > 0; count--, source += stride, destination += height)
            for (var i = 0; i < height; i++) destination[i] = source[i];
    }

    /// <summary>Columns [column, column + width) of B; the column is the first of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackB(TileSet tiles, in Operand b, long column, int width, long first, int depth, float* destination)
    {
        var panel = tiles.Columns;
        if (b.Columns != null)
        {
            b.Columns->PackPanels((int)column, width, (int)first, depth, destination);
            return;
        }
        if (b.Transposed)
        {
            PackTransposedB(tiles, b, column, width, first, depth, destination);
            return;
        }
        var source = b.Data + (first * b.Stride + column);
        var done = 0;
        for (; done + 2 * panel <= width; done += 2 * panel) // two panels at a time: whole cache lines in sequence
            tiles.PackPanels(source + done, b.Stride, depth, destination + (nint)done * depth, 2);
        for (; done + panel <= width; done += panel)
            tiles.PackPanels(source + done, b.Stride, depth, destination + (nint)done * depth, 1);
        if (done < width) PackRaggedB(source + done, b.Stride, width - done, panel, depth, destination + (nint)done * depth);
    }

    private static void PackTransposedB(TileSet tiles, in Operand b, long column, int width, long first, int depth, float* destination)
    {
        if (b.Narrow.IsGiven)
        {
            PackNarrowB(tiles, b.Narrow, column, width, first, depth, destination);
            return;
        }
        for (var done = 0; done < width; done += tiles.Columns)
        {
            var left = Math.Min(tiles.Columns, width - done);
            var source = b.Data + ((column + done) * b.Stride + first);
            var to = destination + (nint)done * depth;
            if (left < tiles.Columns) new Span<float>(to, tiles.Columns * depth).Clear();
            for (var lane = 0; lane < left; lane += tiles.Lanes)
                tiles.PackTransposed(source + lane * b.Stride, b.Stride, Math.Min(tiles.Lanes, left - lane), depth, to
                    + lane, tiles.Columns);
        }
    }

    /// <summary>As many rows as a transpose takes are widened at a time, in memory that stays in the first-level cache.</summary>
    [SkipLocalsInit]
    private static void PackNarrowB(TileSet tiles, in NarrowMatrix b, long column, int width, long first, int depth, float* destination)
    {
        var stride = (depth + 15) & ~15;
        var wide = stackalloc float[MostLanes * (LongestDepth + 16)];
        for (var done = 0; done < width; done += tiles.Columns)
        {
            var left = Math.Min(tiles.Columns, width - done);
            var to = destination + (nint)done * depth;
            if (left < tiles.Columns) new Span<float>(to, tiles.Columns * depth).Clear();
            for (var lane = 0; lane < left; lane += tiles.Lanes)
            {
                var rows = Math.Min(tiles.Lanes, left - lane);
                for (var row = 0; row < rows; row++)
                    NarrowRows.Widen(b, column + done + lane + row, first, depth, wide + row * stride);
                tiles.PackTransposed(wide, stride, rows, depth, to + lane, tiles.Columns);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackRaggedB(float* source, nint stride, int width, int columns, int depth, float* destination)
    {
        for (var k = 0; k < depth; k++)
        {
            var column = 0;
            for (; column < width; column++) destination[column] = source[column];
            for (; column < columns; column++) destination[column] = 0;
            source += stride;
            destination += columns;
        }
    }
}
