using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>
/// Causal attention of joined queries, keys and values, forward and backward. The input comes from seed 1 and the gradient of the output
/// from seed 2, both scale 1.
/// </summary>
internal sealed class AttentionKernel : Workload
{
    public const string Text = "causal attention, forward and backward, sequences × tokens, heads of 64";

    private readonly AttentionTerms _terms;
    private readonly AttentionBuffers _buffers;
    private readonly AttentionGradients _gradients;
    private readonly Tensor _gradient;

    public AttentionKernel(Device device, int batch, int tokens, int heads, int width)
        : base(device)
    {
        var row = heads * width;
        _terms = new AttentionTerms(batch, tokens, tokens, heads, heads, width, 1 / Math.Sqrt(width), 0, Causal: true, 0, Packed: false);
        var joined = PeerNumbers.Uniform(Arena, new Shape(batch, tokens, 3 * row), 1, 1);
        var dy = PeerNumbers.Uniform(Arena, new Shape(batch, tokens, row), 2, 1);
        Tensor y = Arena.Allocate(dy.Shape), sums = Arena.Allocate(new Shape(batch, heads, tokens));
        _gradient = Arena.Allocate(joined.Shape);
        HeadView In(Tensor tensor, int part, int parts) =>
            new(tensor.Storage.Slice(part * row, tensor.Storage.Length - part * row), tokens * parts * row, parts * row, width);
        _buffers = new AttentionBuffers(In(joined, 0, 3), In(joined, 1, 3), In(joined, 2, 3), default, In(y, 0, 1), sums.Storage);
        _gradients =
            new AttentionGradients(In(dy, 0, 1), In(_gradient, 0, 3), false, In(_gradient, 1, 3), false, In(_gradient, 2, 3), false);
    }

    /// <summary>Two products forward and five backward, of the half of the scores that is seen.</summary>
    public override double Operations => 7.0 * _terms.Batch * _terms.Heads * _terms.Width * _terms.Queries * _terms.Keys;

    public override void Run()
    {
        Device.Kernels.Attention(_terms, _buffers);
        Device.Kernels.AttentionBackward(_terms, _buffers, _gradients);
    }

    public override double Loss() => PeerNumbers.RootMeanSquare(_gradient);
}
