using Retort.Nn;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.Steps;

/// <summary>A built model whose weights a peer can make again.</summary>
/// <param name="Module">The model.</param>
/// <param name="InputMultiplyAdds">
/// Multiply-adds of one example in the first layer: no gradient flows on to the data, so it is left out of backward.
/// </param>
internal sealed record BenchmarkModel(Module Module, long InputMultiplyAdds)
{
    /// <summary>Of one example.</summary>
    public long MultiplyAdds { get; init; } = Module.MultiplyAdds;

    /// <summary>A batch of so many examples: numbers from seed 77 with scale 1, unless the model says otherwise.</summary>
    public Func<Arena, int, Tensor> Inputs { get; init; } = (arena, batch) =>
        PeerNumbers.Uniform(arena, Module.BatchShape(batch), 77, 1);
}
