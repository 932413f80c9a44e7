using Retort.Nn;

namespace Retort.Benchmarks.Steps;

/// <summary>A built model whose weights a peer can make again.</summary>
/// <param name="Module">The model.</param>
/// <param name="InputMultiplyAdds">Multiply-adds of one example in the first layer: no gradient flows on to the data, so it is left out of backward.</param>
internal sealed record BenchmarkModel(Module Module, long InputMultiplyAdds);
