using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Tests.Tensors.Devices.Cpu;

/// <summary>Numbers for kernel tests, in memory whose surroundings are hostile.</summary>
internal static unsafe class Samples
{
    private const int SlackFloats = 64;

    public static float[] Values(long count, uint seed)
    {
        var values = new float[count];
        var state = seed * 2654435761u + 1;
        for (var i = 0; i < values.Length; i++)
        {
            state = state * 1664525 + 1013904223;
            values[i] = ((state >> 8) / 16777216f - 0.5f) * 2;
        }
        return values;
    }

    /// <summary>A tensor of random numbers with NaN in the slack behind it: none of them may reach a result.</summary>
    public static Tensor Poisoned(Device device, Arena arena, Shape shape, uint seed)
    {
        var tensor = arena.Allocate(shape);
        device.Write(tensor, Values(shape.Count, seed));
        new Span<float>((float*)tensor.Storage.Address + shape.Count, SlackFloats).Fill(float.NaN);
        return tensor;
    }

    public static void FillWithNaN(Tensor tensor) =>
        new Span<float>((void*)tensor.Storage.Address, (int)tensor.Shape.Count).Fill(float.NaN);
}
