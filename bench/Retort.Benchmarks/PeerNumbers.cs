using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks;

/// <summary>
/// Weights and data that a script in any language can make again, bit for bit, so that losses can be compared. For each tensor,
/// with x a 32-bit unsigned integer that starts at the tensor's seed:
/// <code>
/// x     = 1664525·x + 1013904223   (mod 2³²; advance first)
/// value = ((x >> 8)/2²⁴ − 0.5)·2·scale   (in double, then rounded once to float32)
/// </code>
/// Elements follow in row-major order. Class labels are (factor·row) mod classes.
/// </summary>
public static class PeerNumbers
{
    private const int Piece = 1 << 16;

    /// <summary>Uniform numbers in [−scale, scale).</summary>
    public static void Fill(Tensor tensor, uint seed, double scale)
    {
        var x = seed;
        Span<float> values = new float[Math.Min(Piece, tensor.Shape.Count)];
        for (var start = 0L; start < tensor.Shape.Count; start += Piece)
        {
            var part = values[..(int)Math.Min(Piece, tensor.Shape.Count - start)];
            for (var i = 0; i < part.Length; i++)
            {
                x = unchecked(1664525 * x + 1013904223);
                part[i] = (float)(((x >> 8) / (double)(1 << 24) - 0.5) * 2 * scale);
            }
            tensor.Device.Write(tensor.Part(start, new Shape(part.Length)), part);
        }
    }

    /// <summary>A tensor of the arena filled so.</summary>
    public static Tensor Uniform(Arena arena, Shape shape, uint seed, double scale)
    {
        var tensor = arena.Allocate(shape);
        Fill(tensor, seed, scale);
        return tensor;
    }

    /// <summary>Whole numbers in [0, below): (x >> 8) mod below.</summary>
    public static int[] Integers(int count, uint seed, int below)
    {
        var values = new int[count];
        var x = seed;
        for (var i = 0; i < count; i++)
        {
            x = unchecked(1664525 * x + 1013904223);
            values[i] = (int)((x >> 8) % below);
        }
        return values;
    }

    /// <summary>An int32 tensor of the arena.</summary>
    public static Tensor Given(Arena arena, Shape shape, ReadOnlySpan<int> values)
    {
        var tensor = arena.Allocate(shape, DataType.Int32);
        tensor.Device.Write(tensor, values);
        return tensor;
    }

    /// <summary>[rows] int32 classes, (factor·row) mod classes.</summary>
    public static Tensor Classes(Arena arena, int rows, int factor, int classes) =>
        Given(arena, new Shape(rows), [.. Enumerable.Range(0, rows).Select(row => (int)((long)factor * row % classes))]);

    /// <summary>√(Σ x²/n) in double: the number by which outputs are compared.</summary>
    public static double RootMeanSquare(Tensor tensor)
    {
        var sum = 0.0;
        Span<float> values = new float[Math.Min(Piece, tensor.Shape.Count)];
        for (var start = 0L; start < tensor.Shape.Count; start += Piece)
        {
            var part = values[..(int)Math.Min(Piece, tensor.Shape.Count - start)];
            tensor.Device.Read(tensor.Part(start, new Shape(part.Length)), part);
            foreach (var value in part) sum += (double)value * value;
        }
        return Math.Sqrt(sum / tensor.Shape.Count);
    }
}
