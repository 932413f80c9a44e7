namespace Retort.Tensors.Devices;

/// <summary>Where numbers live and who computes with them. One per process by construction; it owns its threads.</summary>
public abstract class Device : IDisposable
{
    public abstract string Name { get; }

    /// <summary>The float type that this device stores and computes in.</summary>
    public abstract DataType RealType { get; }
    public abstract int Threads { get; }
    public abstract Kernels Kernels { get; }

    /// <summary>Blocks that arenas and scratch buffers have taken from the system since the device was made.</summary>
    public long NativeAllocations => Allocations.Value;

    internal AllocationCount Allocations { get; } = new();

    public Arena CreateArena(string name) => new(this, name);

    public abstract void Write(Tensor destination, ReadOnlySpan<float> values);
    public abstract void Write(Tensor destination, ReadOnlySpan<double> values);
    public abstract void Write(Tensor destination, ReadOnlySpan<int> values);
    public abstract void Read(Tensor source, Span<float> values);
    public abstract void Read(Tensor source, Span<double> values);
    public abstract void Read(Tensor source, Span<int> values);

    public float[] ToFloats(Tensor source)
    {
        var values = new float[source.Shape.Count];
        Read(source, values.AsSpan());
        return values;
    }

    public double[] ToDoubles(Tensor source)
    {
        var values = new double[source.Shape.Count];
        Read(source, values.AsSpan());
        return values;
    }

    /// <summary>The only element.</summary>
    public double Scalar(Tensor source)
    {
        Span<double> value = stackalloc double[1];
        Read(source, value);
        return value[0];
    }

    /// <summary>Σ in double, in the order of the elements.</summary>
    public double Sum(Tensor source)
    {
        Span<double> piece = stackalloc double[128];
        var sum = 0.0;
        for (var start = 0L; start < source.Shape.Count; start += piece.Length)
        {
            var part = piece[..(int)Math.Min(piece.Length, source.Shape.Count - start)];
            Read(source.Part(start, new Shape(part.Length)), part);
            foreach (var value in part) sum += value;
        }
        return sum;
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
