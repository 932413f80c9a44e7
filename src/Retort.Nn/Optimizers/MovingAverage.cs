using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn.Optimizers;

/// <summary>Exponential moving average of the weights: average ← decay·average + (1 − decay)·weights.</summary>
public sealed class MovingAverage : IDisposable
{
    private readonly Weights _weights;
    private readonly Arena _arena;
    private readonly double _decay;

    public MovingAverage(Weights weights, double decay)
    {
        (_weights, _decay) = (weights, decay);
        _arena = weights.Flat.Device.CreateArena("average");
        Average = _arena.Allocate(weights.Flat.Shape);
        weights.Flat.Device.Kernels.Copy(weights.Flat.Storage, Average.Storage, false);
    }

    public Tensor Average { get; }

    public void Update() => Average.Device.Kernels.MoveAverage(Average.Storage, _weights.Flat.Storage, _decay);

    /// <summary>Puts the average in the weights' place.</summary>
    public void Adopt() => Average.Device.Kernels.Copy(Average.Storage, _weights.Flat.Storage, false);

    public void Dispose() => _arena.Dispose();
}
