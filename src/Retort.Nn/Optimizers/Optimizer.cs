using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn.Optimizers;

/// <summary>Moves the flat parameters along the flat gradients. Its state is flat too, so a checkpoint is a few tensors.</summary>
public abstract class Optimizer : IDisposable
{
    private readonly Arena _arena;
    private readonly List<(string Name, Tensor Value)> _state = [];

    protected Optimizer(Weights weights)
    {
        Weights = weights;
        Device = weights.Flat.Device;
        _arena = Device.CreateArena("optimizer");
    }

    protected Weights Weights { get; }
    protected Device Device { get; }

    /// <summary>Tensors to save and restore, by name.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State => _state;

    /// <param name="step">Updates so far, this one included: 1, 2, …</param>
    /// <param name="learningRate">Rate of this update.</param>
    /// <param name="gradientScale">Gradients are multiplied by this first (clipping).</param>
    public abstract void Update(long step, double learningRate, double gradientScale = 1);

    /// <summary>Global norm of the gradients, √Σg².</summary>
    public double GradientNorm() => Math.Sqrt(Device.Kernels.SumOfSquares(Weights.Gradients.Storage));

    /// <summary>Factor that brings a norm down to the limit; 1 when it is within, or when there is no limit (0).</summary>
    public static double ClipScale(double norm, double limit) => limit > 0 && norm > limit ? limit / norm : 1;

    protected Tensor AddState(string name)
    {
        var value = _arena.Allocate(Weights.Flat.Shape);
        Device.Kernels.Fill(value.Storage, 0);
        _state.Add((name, value));
        return value;
    }

    public void Dispose()
    {
        _arena.Dispose();
        GC.SuppressFinalize(this);
    }
}
