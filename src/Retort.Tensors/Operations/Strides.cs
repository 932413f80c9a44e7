using System.Runtime.CompilerServices;

namespace Retort.Tensors.Operations;

/// <summary>Distances in elements, one for each dimension of a shape. A value: nothing is allocated.</summary>
internal struct Strides
{
    private readonly int _rank;
    private Distances _distances;

    /// <summary>Zeros.</summary>
    public Strides(int rank) => _rank = rank;

    public long this[int dimension]
    {
        readonly get => _distances[dimension];
        set => _distances[dimension] = value;
    }

    public static implicit operator ReadOnlySpan<long>(in Strides strides) => ((ReadOnlySpan<long>)strides._distances)[..strides._rank];

    [InlineArray(Shape.MaximumRank)]
    private struct Distances
    {
        private long _first;
    }
}
