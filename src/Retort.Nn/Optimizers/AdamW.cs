using Retort.Tensors;

namespace Retort.Nn.Optimizers;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2).</summary>
public sealed class AdamW : Optimizer
{
    private readonly Tensor _first, _second;
    private readonly double _firstDecay, _secondDecay, _epsilon, _weightDecay;

    public AdamW(Weights weights, double weightDecay = 0, double firstDecay = 0.9, double secondDecay = 0.999, double epsilon = 1e-8)
        : base(weights)
    {
        (_firstDecay, _secondDecay, _epsilon, _weightDecay) = (firstDecay, secondDecay, epsilon, weightDecay);
        _first = AddState("first_moment");
        _second = AddState("second_moment");
    }

    public override void Update(long step, double learningRate, double gradientScale = 1) =>
        Device.Kernels.AdamW(Weights.Flat.Storage, Weights.Gradients.Storage, _first.Storage, _second.Storage,
            learningRate, _firstDecay, _secondDecay, _epsilon, _weightDecay, step, gradientScale);
}
