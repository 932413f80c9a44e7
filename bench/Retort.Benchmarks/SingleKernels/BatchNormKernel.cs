using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.SingleKernels;

/// <summary>
/// Batch norm with ReLU over [N, C, H, W] in training, forward and backward. x from seed 1, weight from seed 2, dy from seed 3, all
/// scale 1; bias 0, epsilon 1e-5, running statistics are moved.
/// </summary>
internal sealed class BatchNormKernel : Workload
{
    public const string Text = "batch norm + ReLU, training, forward and backward, N × C × H × W";

    private readonly Tensor _x, _weight, _bias, _y, _mean, _inverse, _runningMean, _runningVariance, _dy, _dx, _dWeight, _dBias;
    private readonly int _batch, _channels, _space;

    public BatchNormKernel(Device device, int batch, int channels, int size)
        : base(device)
    {
        (_batch, _channels, _space) = (batch, channels, size * size);
        var all = new Shape(batch, channels, size, size);
        _x = PeerNumbers.Uniform(Arena, all, 1, 1);
        _weight = PeerNumbers.Uniform(Arena, new Shape(channels), 2, 1);
        _dy = PeerNumbers.Uniform(Arena, all, 3, 1);
        (_y, _dx) = (Arena.Allocate(all), Arena.Allocate(all));
        (_bias, _mean, _inverse, _runningMean) = (Channels(), Channels(), Channels(), Channels());
        (_runningVariance, _dWeight, _dBias) = (Channels(), Channels(), Channels());
    }

    /// <summary>
    /// x is read twice (statistics, then values) and y written; backward reads x, y and dy twice (sums, then values) and writes dx.
    /// </summary>
    public override double Bytes => 10.0 * sizeof(float) * _batch * _channels * _space;

    public override void Run()
    {
        Device.Kernels.BatchNormStatistics(_x.Storage, _batch, _channels, _space, 1e-5, _mean.Storage, _inverse.Storage,
            _runningMean.Storage, _runningVariance.Storage, 0.1);
        Device.Kernels.BatchNormApply(_x.Storage, _batch, _channels, _space, _mean.Storage, _inverse.Storage, _weight.Storage,
            _bias.Storage, true, _y.Storage);
        Device.Kernels.BatchNormBackward(true, _x.Storage, _batch, _channels, _space, _mean.Storage, _inverse.Storage, _weight.Storage,
            true, _y.Storage, _dy.Storage,
            _dx.Storage, false, _dWeight.Storage, false, _dBias.Storage, false);
    }

    public override double Loss() => PeerNumbers.RootMeanSquare(_dx);

    private Tensor Channels()
    {
        var tensor = Arena.Allocate(new Shape(_channels));
        Device.Kernels.Fill(tensor.Storage, 0);
        return tensor;
    }
}
