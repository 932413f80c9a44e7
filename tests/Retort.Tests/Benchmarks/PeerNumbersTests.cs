using Retort.Benchmarks;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Benchmarks;

public sealed class PeerNumbersTests
{
    [Fact]
    public void TheGeneratorIsTheDocumentedOne()
    {
        using var device = new CpuDevice(1);
        using var arena = device.CreateArena("test");
        var values = device.ToDoubles(PeerNumbers.Uniform(arena, new Shape(3), seed: 1, scale: 2));
        uint[] states = [1015568748, 1586005467, 2165703038]; // by hand from x = 1
        Assert.Equal(states.Select(x => ((x >> 8) / 16777216.0 - 0.5) * 4), values);
    }

    /// <summary>A tensor longer than one piece of the copy goes on where the piece before ended.</summary>
    [Fact]
    public void LongTensorsAreOneSequence()
    {
        using var device = new CpuDevice(1);
        using var arena = device.CreateArena("test");
        var x = 9u;
        for (var i = 0; i < 70_000; i++) x = unchecked(1664525 * x + 1013904223);
        var tensor = PeerNumbers.Uniform(arena, new Shape(70_000), seed: 9, scale: 1);
        var values = device.ToDoubles(tensor);
        Assert.Equal(((x >> 8) / 16777216.0 - 0.5) * 2, values[^1]);
        Assert.Equal(Math.Sqrt(values.Average(value => value * value)), PeerNumbers.RootMeanSquare(tensor), 12);
    }

    [Fact]
    public void ClassesGoAround()
    {
        using var device = new CpuDevice(1);
        using var arena = device.CreateArena("test");
        Assert.Equal([0, 7, 4, 1, 8], device.ToDoubles(PeerNumbers.Classes(arena, 5, 7, 10)));
    }
}
