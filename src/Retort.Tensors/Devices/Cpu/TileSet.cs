using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// The matrix product's primitives at one vector width. Only the width that this processor has is ever touched: the others throw.
/// </summary>
internal sealed unsafe class TileSet
{
    private TileSet(int rows, int columns, int lanes)
    {
        Rows = rows;
        Columns = columns;
        Lanes = lanes;
    }

    /// <summary>Largest tile: rows of A, columns of B.</summary>
    public int Rows { get; }
    public int Columns { get; }

    /// <summary>Rows that <see cref="PackTransposed"/> takes at once.</summary>
    public int Lanes { get; }

    /// <summary>By height (a, b, depth, c, stride of c, accumulate): C (+)= A·B.</summary>
    public delegate*<float*, float*, nint, float*, nint, int, void>[] Kernels { get; private init; } = [];

    /// <summary>
    /// (source, stride, rows, depth, destination, width): destination[k·width + r] = source[r·stride + k]. Spoils up to 15 floats behind
    /// each k's row.
    /// </summary>
    public delegate*<float*, nint, int, nint, float*, nint, void> PackTransposed { get; private init; }

    /// <summary>
    /// (source, stride, depth, destination, width): destination[k·width + r] = source[k·stride + r] for r below width (≤
    /// <see cref="Rows"/>). Reads and spoils as much as a vector.
    /// </summary>
    public delegate*<float*, nint, nint, float*, int, void> PackStraight { get; private init; }

    /// <summary>(source, stride, depth, destination, panels 1 or 2): whole panels of <see cref="Columns"/>.</summary>
    public delegate*<float*, nint, nint, float*, int, void> PackPanels { get; private init; }

    public static TileSet ForThisProcessor()
    {
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
            return new TileSet(MicroKernels512.Rows, MicroKernels512.Columns, 16)
            {
                Kernels = MicroKernels512.Table(), PackTransposed = &Packing512.Transposed, PackStraight = &Packing512.Straight,
                    PackPanels = &Packing512.Panels,
            };
        if (Avx2.IsSupported && Fma.IsSupported)
            return new TileSet(MicroKernels256.Rows, MicroKernels256.Columns, 8)
            {
                Kernels = MicroKernels256.Table(), PackTransposed = &Packing256.Transposed, PackStraight = &Packing256.Straight,
                    PackPanels = &Packing256.Panels,
            };
        return new TileSet(MicroKernelsScalar.Rows, MicroKernelsScalar.Columns, 4)
        {
            Kernels = MicroKernelsScalar.Table(), PackTransposed = &PackingScalar.Transposed, PackStraight = &PackingScalar.Straight,
                PackPanels = &PackingScalar.Panels,
        };
    }
}
