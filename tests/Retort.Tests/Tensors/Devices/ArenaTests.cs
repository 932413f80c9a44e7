using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Tensors.Devices;

public sealed class ArenaTests
{
    /// <summary>
    /// Tensors of sizes from a number to several blocks, taken and given back in nested stretches over several steps: what lives keeps its
    /// numbers, whatever was written to the others' memory.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhatLivesKeepsItsNumbers(ulong seed)
    {
        using var device = new ReferenceDevice();
        using var arena = device.CreateArena("test");
        var (numbers, draw, written) = (new Seed(seed), 0UL, 0);
        List<(Tensor Tensor, double First)> living = [];
        Stack<(ArenaMark Mark, int Living)> marks = [];
        for (var action = 0; action < 400; action++)
        {
            var kind = numbers.UniformDouble(draw++);
            if (kind < 0.6)
            {
                var count = (int)Math.Exp(numbers.UniformDouble(draw++) * Math.Log(60_000));
                var (tensor, first) = (arena.Allocate(new Shape(count)), (double)(written += 7));
                device.Write(tensor, [.. Enumerable.Range(0, count).Select(i => first + i % 5)]);
                living.Add((tensor, first));
            }
            else if (kind < 0.78) marks.Push((arena.Mark(), living.Count));
            else if (kind < 0.99)
            {
                if (!marks.TryPop(out var place)) continue;
                arena.Release(place.Mark);
                living.RemoveRange(place.Living, living.Count - place.Living);
            }
            else
            {
                arena.Reset();
                living.Clear();
                marks.Clear();
            }
            if (action % 40 != 0) continue;
            foreach (var (tensor, first) in living)
            {
                Assert.True(device.ToDoubles(tensor).Index().All(number => number.Item == first + number.Index % 5));
            }
        }
        Assert.InRange(written, 7 * 200, 7 * 280);
    }

    /// <summary>Steps of one shape end in one block that holds them, with nothing to spare.</summary>
    [Fact]
    public void EqualStepsNeedOneBlockOfTheirSize()
    {
        using var device = new ReferenceDevice();
        using var arena = device.CreateArena("test");
        for (var step = 0; step < 3; step++)
        {
            arena.Reset();
            for (var i = 0; i < 20; i++)
            {
                var mark = arena.Mark();
                arena.Allocate(new Shape(50_000 + 1000 * i));
                if (i % 3 != 0) arena.Release(mark);
            }
        }
        Assert.Equal(arena.HighWaterBytes, arena.ReservedBytes);
    }

    /// <summary>Memory that was given back is taken again.</summary>
    [Fact]
    public void WhatIsGivenBackIsUsedAgain()
    {
        using var device = new ReferenceDevice();
        using var arena = device.CreateArena("test");
        arena.Allocate(new Shape(10));
        var (mark, before) = (arena.Mark(), arena.HighWaterBytes);
        var first = arena.Allocate(new Shape(1000)).Storage.Address;
        arena.Release(mark);
        Assert.Equal(first, arena.Allocate(new Shape(1000)).Storage.Address);
        Assert.InRange(arena.HighWaterBytes - before, 8000, 9000);
    }
}
