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

    /// <summary>
    /// The step of a language model whose blocks are computed again, in states of a stream: what is reserved while its first step grows is
    /// little more than what it needs, for this is the peak of the whole process.
    /// </summary>
    [Fact]
    public void AFirstStepReservesLittleMoreThanItNeeds()
    {
        using var device = new ReferenceDevice();
        using var arena = device.CreateArena("test");
        void Take(params double[] states)
        {
            foreach (var size in states) arena.Allocate(new Shape((long)(50_000 * size)));
        }
        Take(1);
        foreach (var layers in new[] { 4, 2 }) // the teacher's, and then the student's, which stay
        {
            var model = arena.Mark();
            Take(1);
            for (var layer = 0; layer < layers; layer++)
                foreach (var half in new double[][] { [1, 2, 2, 1, 1], [1, 5.5, 2.75, 1] })
                {
                    Take(1);
                    var mark = arena.Mark();
                    Take(half);
                    arena.Release(mark);
                }
            if (layers == 4) arena.Release(model);
        }
        Take(1, 1, 9.27, 9.27);
        Assert.InRange(arena.ReservedBytes, arena.HighWaterBytes, 1.15 * arena.HighWaterBytes);
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
