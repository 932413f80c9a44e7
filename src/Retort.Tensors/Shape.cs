using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Retort.Tensors;

/// <summary>Extents of at most six dimensions; row-major, always contiguous. A scalar has rank 0.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    public const int MaximumRank = 6;
    private readonly Dimensions _extents;
    private readonly long _countLessOne; // so that default(Shape) is a scalar

    public Shape(params ReadOnlySpan<long> extents)
    {
        if (extents.Length > MaximumRank)
            throw new RetortException("Shape", $"{extents.Length} dimensions.", $"at most {MaximumRank} dimensions.");
        Rank = extents.Length;
        var count = 1L;
        for (var i = 0; i < extents.Length; i++)
        {
            if (extents[i] < 0) throw new RetortException("Shape", $"extent {extents[i]} in dimension {i}.", "extents of 0 or more.");
            _extents[i] = extents[i];
            count = checked(count * extents[i]);
        }
        _countLessOne = count - 1;
    }

    public int Rank { get; }

    /// <summary>Product of the extents.</summary>
    public long Count => _countLessOne + 1;

    /// <summary>Extent of a dimension; negative indices count from the end.</summary>
    public long this[int dimension]
    {
        get
        {
            var index = dimension < 0 ? dimension + Rank : dimension;
            if ((uint)index >= (uint)Rank) throw new RetortException("Shape", $"dimension {dimension} of {this}.",
                $"a dimension below {Rank}.");
            return _extents[index];
        }
    }

    /// <summary>The extents in order, in place.</summary>
    [UnscopedRef]
    public ReadOnlySpan<long> Extents => ((ReadOnlySpan<long>)_extents)[..Rank];

    public long[] ToArray() => Extents.ToArray();

    /// <summary>Another extent in one dimension; negative indices count from the end.</summary>
    public Shape With(int dimension, long extent)
    {
        _ = this[dimension];
        var extents = _extents;
        extents[dimension < 0 ? dimension + Rank : dimension] = extent;
        return new Shape(((ReadOnlySpan<long>)extents)[..Rank]);
    }

    /// <summary>One dimension less.</summary>
    public Shape Without(int dimension)
    {
        var extents = _extents;
        for (var i = dimension + 1; i < Rank; i++) extents[i - 1] = extents[i];
        return new Shape(((ReadOnlySpan<long>)extents)[..(Rank - 1)]);
    }

    /// <summary>One dimension more, at the end.</summary>
    public Shape Append(long extent)
    {
        Span<long> extents = stackalloc long[Rank + 1];
        Extents.CopyTo(extents);
        extents[Rank] = extent;
        return new Shape(extents);
    }

    /// <summary>Product of the extents of dimensions [from, to).</summary>
    public long CountOf(int from, int to)
    {
        var count = 1L;
        for (var i = from; i < to; i++) count *= _extents[i];
        return count;
    }

    public bool Equals(Shape other) => Extents.SequenceEqual(other.Extents);

    public override bool Equals(object? obj) => obj is Shape other && Equals(other);
    public override int GetHashCode() => HashCode.Combine(Rank, Count, Rank > 0 ? _extents[0] : 0);
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);
    public override string ToString() => $"[{string.Join(", ", ToArray())}]";

    [InlineArray(MaximumRank)]
    private struct Dimensions
    {
        private long _first;
    }
}
