using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>
/// C[M,N] = op(A)[M,K] · op(B)[K,N]; n = as stored, t = transposed, of A and then of B. A from seed 1, B from seed 2, both scale 1.
/// </summary>
internal sealed class MatrixProduct : Workload
{
    private readonly Tensor _a, _b, _c;
    private readonly bool _transposeA, _transposeB;
    private readonly int _m, _n, _k;

    private MatrixProduct(Device device, string form, int m, int n, int k)
        : base(device)
    {
        (_m, _n, _k, _transposeA, _transposeB) = (m, n, k, form[0] == 't', form[1] == 't');
        _a = PeerNumbers.Uniform(Arena, _transposeA ? new Shape(k, m) : new Shape(m, k), 1, 1);
        _b = PeerNumbers.Uniform(Arena, _transposeB ? new Shape(n, k) : new Shape(k, n), 2, 1);
        _c = Arena.Allocate(new Shape(m, n));
    }

    /// <summary>
    /// The thirteen shapes of the first measurements (cubes, the layers of a GPT and of an MLP), then eight that no kernel was tuned on.
    /// </summary>
    public static IReadOnlyList<(string Form, int M, int N, int K)> Shapes { get; } =
    [
        ("nn", 64, 64, 64), ("nn", 128, 128, 128), ("nn", 256, 256, 256), ("nn", 512, 512, 512), ("nn", 1024, 1024, 1024),
        ("nt", 2048, 1024, 256), ("nt", 2048, 8192, 256), ("nn", 2048, 256, 1024), ("tn", 1024, 256, 2048),
        ("nn", 2048, 256, 8192), ("tn", 8192, 256, 2048), ("nt", 128, 800, 784), ("tn", 800, 784, 128),
        ("nn", 384, 384, 384), ("nn", 1536, 1536, 1536), ("nt", 1000, 1000, 1000), ("nt", 32, 800, 784),
        ("nt", 2048, 768, 256), ("tn", 768, 256, 2048), ("nt", 128, 10, 800), ("nn", 512, 512, 4096),
    ];

    public override double Operations => 2.0 * _m * _n * _k;

    public static Benchmark Of((string Form, int M, int N, int K) shape) => new(
        $"sgemm-{shape.Form}-{shape.M}-{shape.N}-{shape.K}", "C[M,N] = op(A) · op(B); form, M, N, K",
        device => new MatrixProduct(device, shape.Form, shape.M, shape.N, shape.K));

    public override void Run() =>
        Device.Kernels.MatMul(1, _m, _n, _k, _a.Storage, 0, _transposeA, _b.Storage, 0, _transposeB, _c.Storage, 0, false);

    public override double Loss() => PeerNumbers.RootMeanSquare(_c);
}
