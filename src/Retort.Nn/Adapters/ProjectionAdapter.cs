using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Nn.Adapters;

/// <summary>The adapters of the layers that one product computes; a layer without one is null.</summary>
internal sealed class ProjectionAdapter(IReadOnlyList<(LowRankAdapter? Adapter, long Outputs)> parts)
{
    public IEnumerable<LowRankAdapter> Adapters => parts.Select(part => part.Adapter).OfType<LowRankAdapter>();

    /// <param name="step">The running step.</param>
    /// <param name="x">[…, inputs]</param>
    /// <param name="residual">[…, outputs of all layers]; null = none.</param>
    /// <returns>residual + what the adapters add, which the frozen product is added to in its own pass.</returns>
    public Tensor Sum(Step step, Tensor x, Tensor? residual)
    {
        if (parts is [var (only, _)]) return only!.Forward(step, x, residual);
        var sums = step.Concat(x.Shape.Rank - 1, [.. parts.Select(part => part.Adapter?.Forward(step, x, null) ?? Zeros(part.Outputs))]);
        return residual is { } other ? step.Add(sums, other) : sums;

        Tensor Zeros(long outputs)
        {
            var zeros = step.Allocate(x.Shape.With(-1, outputs));
            step.Device.Kernels.Fill(zeros.Storage, 0);
            return zeros;
        }
    }
}

/// <summary>A copy of a layer that learns in its place.</summary>
/// <param name="Layer">Dotted path.</param>
/// <param name="Weight">[outputs, inputs]</param>
/// <param name="Bias">[outputs]; null where the layer has none.</param>
internal sealed record WholeCopy(Projection Layer, Parameter Weight, Parameter? Bias);
