using System.Runtime.CompilerServices;

namespace Retort.Tensors;

/// <summary>Extents of at most six dimensions; row-major, always contiguous. A scalar has rank 0.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    public const int MaximumRank = 6;
    private readonly Extents _extents;
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
            if ((uint)index >= (uint)Rank) throw new RetortException("Shape", $"dimension {dimension} of {this}.", $"a dimension below {Rank}.");
            return _extents[index];
        }
    }

    public long[] ToArray()
    {
        var extents = new long[Rank];
        for (var i = 0; i < Rank; i++) extents[i] = _extents[i];
        return extents;
    }

    /// <summary>Product of the extents of dimensions [from, to).</summary>
    public long CountOf(int from, int to)
    {
        var count = 1L;
        for (var i = from; i < to; i++) count *= _extents[i];
        return count;
    }

    public bool Equals(Shape other)
    {
        if (Rank != other.Rank) return false;
        for (var i = 0; i < Rank; i++)
            if (_extents[i] != other._extents[i]) return false;
        return true;
    }

    public override bool Equals(object? obj) => obj is Shape other && Equals(other);
    public override int GetHashCode() => HashCode.Combine(Rank, Count, Rank > 0 ? _extents[0] : 0);
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);
    public override string ToString() => $"[{string.Join(", ", ToArray())}]";

    [InlineArray(MaximumRank)]
    private struct Extents
    {
        private long _first;
    }
}
