using Retort.Tensors;

namespace Retort.Nn.Optimizers;

/// <summary>Stochastic gradient descent with momentum, or Nesterov's form (Sutskever et al. 2013).</summary>
public sealed class Sgd : Optimizer
{
    private readonly Tensor _velocity;
    private readonly double _momentum, _weightDecay;
    private readonly bool _nesterov;

    public Sgd(Weights weights, double momentum = 0, bool nesterov = false, double weightDecay = 0)
        : base(weights)
    {
        (_momentum, _nesterov, _weightDecay) = (momentum, nesterov, weightDecay);
        _velocity = AddState("velocity");
    }

    public override void Update(long step, double learningRate, double gradientScale = 1) =>
        Device.Kernels.Sgd(Weights.Flat.Storage, Weights.Gradients.Storage, _velocity.Storage,
            learningRate, _momentum, _nesterov, _weightDecay, step == 1, gradientScale);
}
