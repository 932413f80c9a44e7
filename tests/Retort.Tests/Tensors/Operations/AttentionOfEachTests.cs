using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Tensors.Operations;

[Trait("Category", "Width")]
public sealed class AttentionOfEachTests
{
    private const int Heads = 4, KeyHeads = 2, Width = 10;

    /// <summary>Queries of each sequence, keys it knows, room for keys.</summary>
    private static readonly (int Queries, int Known, int Room)[] Sequences =
        [(1, 1, 8), (1, 300, 300), (70, 70, 128), (5, 40, 64), (1, 17, 20), (130, 400, 400)];

    /// <summary>All in one call or each alone: the same bits, on any device and any number of threads.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public void TogetherTheyAreWhatEachIsAlone(int window)
    {
        foreach (var device in (Device[])[new ReferenceDevice(), new CpuDevice(1), new CpuDevice(3)])
        {
            using var owned = device;
            using var step = new Step(device);
            step.Begin(training: false);
            var options = new AttentionOptions(Causal: true, Window: window);
            var queries = Drawn(step, new Shape(1, Sequences.Sum(one => one.Queries), Heads, Width), 1);
            SequenceKeys[] sequences = [.. Sequences.Select((one, i) => new SequenceKeys(one.Queries,
                Drawn(step, new Shape(1, one.Room, KeyHeads, Width), 10 + i), Drawn(step, new Shape(1, one.Room, KeyHeads, Width), 50 + i),
                one.Known))];
            var together = device.ToFloats(step.AttentionOfEach(queries, sequences, options));
            var (first, seen) = (0L, 0);
            foreach (var (count, keys, values, known) in sequences)
            {
                var own = queries.Part(first * Heads * Width, new Shape(1, count, Heads, Width));
                var alone = device.ToFloats(step.Attention(own, keys, values, options with { Keys = known }));
                Assert.Equal(alone, together.AsSpan(seen, alone.Length).ToArray());
                (first, seen) = (first + count, seen + alone.Length);
            }
        }
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        step.Begin(training: false);
        Tensor Keys(int room) => Drawn(step, new Shape(1, room, KeyHeads, Width), 2);
        string Refused(int queries, SequenceKeys sequence) => Assert.Throws<RetortException>(() =>
            step.AttentionOfEach(Drawn(step, new Shape(1, queries, Heads, Width), 1), [sequence], default)).Message;
        Assert.StartsWith("AttentionOfEach  queries [1, 3, 4, 10] of sequences with 2 tokens.", Refused(3, new(2, Keys(4), Keys(4), 2)), StringComparison.Ordinal);
        Assert.StartsWith("AttentionOfEach  2 queries, the first 5 of keys [1, 4, 2, 10]", Refused(2, new(2, Keys(4), Keys(4), 5)), StringComparison.Ordinal);
        Assert.StartsWith("AttentionOfEach  2 queries, the first 1 of keys [1, 4, 2, 10]", Refused(2, new(2, Keys(4), Keys(4), 1)), StringComparison.Ordinal);
        Assert.StartsWith("AttentionOfEach  2 queries", Refused(2, new(2, Keys(4), Keys(5), 2)), StringComparison.Ordinal);
    }

    private static Tensor Drawn(Step step, Shape shape, int seed) => step.Constant(shape,
        Enumerable.Range(0, (int)shape.Count).Select(i => new Seed((ulong)seed).Normal((ulong)i)).ToArray().AsSpan());
}
