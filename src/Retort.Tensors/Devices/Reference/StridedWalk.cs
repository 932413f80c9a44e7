namespace Retort.Tensors.Devices.Reference;

/// <summary>Visits every index of some extents, the last dimension fastest.</summary>
internal ref struct StridedWalk(ReadOnlySpan<long> extents)
{
    private readonly long[] _extents = extents.ToArray();
    private readonly long[] _index = new long[extents.Length];
    private long _left = Product(extents);
    private bool _started;

    public bool Next()
    {
        if (_left-- <= 0) return false;
        for (var i = _index.Length - 1; _started && i >= 0; i--)
        {
            if (++_index[i] < _extents[i]) break;
            _index[i] = 0;
        }
        return _started = true;
    }

    /// <summary>Σ index · stride.</summary>
    public readonly int Offset(ReadOnlySpan<long> strides)
    {
        var offset = 0L;
        for (var i = 0; i < _index.Length; i++) offset += _index[i] * strides[i];
        return checked((int)offset);
    }

    private static long Product(ReadOnlySpan<long> extents)
    {
        var count = 1L;
        foreach (var extent in extents) count *= extent;
        return count;
    }
}
