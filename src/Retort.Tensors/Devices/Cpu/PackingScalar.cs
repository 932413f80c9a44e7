namespace Retort.Tensors.Devices.Cpu;

/// <summary>Packing without vectors; see <see cref="TileSet"/> for the layouts.</summary>
internal static unsafe class PackingScalar
{
    public static void Transposed(float* source, nint stride, int rows, nint depth, float* destination, nint width)
    {
        for (nint k = 0; k < depth; k++)
            for (var row = 0; row < rows; row++) destination[k * width + row] = source[row * stride + k];
    }

    public static void Straight(float* source, nint stride, nint depth, float* destination, int width)
    {
        for (nint k = 0; k < depth; k++)
            for (var column = 0; column < width; column++) destination[k * width + column] = source[k * stride + column];
    }

    public static void Panels(float* source, nint stride, nint depth, float* destination, int panels)
    {
        const int columns = MicroKernelsScalar.Columns;
        for (var panel = 0; panel < panels; panel++) Straight(source + panel * columns, stride, depth, destination
            + panel * columns * depth, columns);
    }
}
