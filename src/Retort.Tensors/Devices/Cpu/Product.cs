namespace Retort.Tensors.Devices.Cpu;

/// <summary>
/// One matrix: its first element, the elements from row to row as stored, and whether the stored form is the transpose. A matrix B with
/// columns is nowhere written, and one that is narrow is not written in floats: they have no data.
/// </summary>
internal readonly unsafe struct Operand(float* data, long stride, bool transposed, ImplicitColumns* columns = null)
{
    public readonly ImplicitColumns* Columns = columns;

    /// <summary>Stored as the transpose.</summary>
    public NarrowMatrix Narrow { get; init; }
    public readonly float* Data = data;
    public readonly nint Stride = (nint)stride;
    public readonly bool Transposed = transposed;

    public Operand Moved(long elements) => new(Data + elements, Stride, Transposed);
}

/// <summary>C[m, n] (+)= A[m, k] · B[k, n], then the epilogue.</summary>
internal unsafe struct Product
{
    public int M, N, K;
    public Operand A, B;
    public float* C;
    public nint StrideC;
    public bool Accumulate;
    public Epilogue Epilogue;

    public Product(long m, long n, long k, Operand a, Operand b, float* c, long strideC, bool accumulate)
    {
        if (Math.Max(m, Math.Max(n, k)) > int.MaxValue - 1024)
            throw new RetortException("MatMul", $"a product of {m} × {n} × {k}.", $"extents of at most {int.MaxValue - 1024}.",
                "cut the batch.");
        (M, N, K) = ((int)m, (int)n, (int)k);
        (A, B, StrideC, Accumulate) = (a, b, (nint)strideC, accumulate);
        C = c;
    }

    public readonly bool IsEmpty => M == 0 || N == 0;
    public readonly double Operations => (double)M * N * K;
}
