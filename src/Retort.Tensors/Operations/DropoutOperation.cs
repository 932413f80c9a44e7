using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>y = x/(1 − rate) where kept, else 0 (Srivastava et al. 2014, inverted form); the identity outside training.</summary>
public static class DropoutOperation
{
    public static Tensor Dropout(this Step step, Tensor x, double rate)
    {
        if (rate is < 0 or >= 1 or double.NaN) throw new RetortException("Dropout", $"rate {rate}.", "a rate in [0, 1).");
        if (rate == 0 || !step.Training) return x;
        var seed = step.NextSeed();
        var y = step.Allocate(x.Shape);
        step.Device.Kernels.Dropout(x.Storage, y.Storage, rate, seed, false);
        return step.Needs(x) ? step.Record(y, new Node(x, rate, seed)) : y;
    }

    private readonly struct Node(Tensor x, double rate, Seed seed) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient) // the same numbers decide again
        {
            if (pass.TryTarget(x, out var target, out var accumulate)) pass.Kernels.Dropout(gradient.Storage, target, rate, seed,
                accumulate);
        }
    }
}
