using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>y = activation(x · weightᵀ + bias), or residual + x · weightᵀ + bias: one fused kernel.</summary>
public static class LinearOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">[…, inputs]</param>
    /// <param name="weight">[outputs, inputs]</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="activation">Applied to the sum.</param>
    /// <param name="residual">[…, outputs], or null. It goes without an activation.</param>
    /// <returns>[…, outputs]</returns>
    /// <exception cref="RetortException">Inner sizes differ.</exception>
    public static Tensor Linear(this Step step, Tensor x, Tensor weight, Tensor? bias = null, Activation activation = Activation.None,
        Tensor? residual = null)
    {
        long inputs = weight.Shape[1], outputs = weight.Shape[0];
        if (x.Shape[-1] != inputs) throw new RetortException("Linear",
            $"{x.Shape} × {weight.Shape}ᵀ: inner sizes differ ({x.Shape[-1]} ≠ {inputs}).");
        var rows = x.Shape.CountOf(0, x.Shape.Rank - 1);
        var y = step.Allocate(x.Shape.With(-1, outputs));
        if (residual is { } other
            && other.Shape != y.Shape) throw new RetortException("Linear", $"a residual {other.Shape} beside {y.Shape}.", "equal shapes.");
        if (residual is not null && activation != Activation.None) throw new RetortException("Linear", $"{activation} with a residual.",
            "no activation: a residual is added to a plain product.");
        var needed = step.Needs(x) || step.Needs(weight) || (bias is { } b && step.Needs(b)) || (residual is { } r && step.Needs(r));
        var savesInput = needed && activation is Activation.Gelu or Activation.Silu;
        var before = savesInput ? step.Allocate(y.Shape).Storage : default;
        step.Device.Kernels.Linear(rows, inputs, outputs, x.Storage, weight.Storage, bias?.Storage
            ?? default, activation, y.Storage, before, residual?.Storage ?? default);
        return needed ? step.Record(y, new Node(x, weight, bias, activation, residual, y, before, rows)) : y;
    }

    private readonly struct Node(Tensor x, Tensor weight, Tensor? bias, Activation activation, Tensor? residual, Tensor y, Storage before,
        long rows) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            long inputs = weight.Shape[1], outputs = weight.Shape[0];
            Storage biasTarget = default;
            var accumulateBias = false;
            if (bias is { } b) pass.TryTarget(b, out biasTarget, out accumulateBias);
            if (activation != Activation.None || biasTarget.Length > 0) // dz overwrites dy: nobody reads dy after this node
                pass.Kernels.LinearBackward(rows, outputs, activation, activation == Activation.None
                    ? default
                    : y.Storage, before, gradient.Storage, gradient.Storage, biasTarget, accumulateBias);
            if (pass.TryTarget(weight, out var weightTarget, out var accumulateWeight)) // dW = dzᵀ · x
                pass.Kernels.MatMul(1, outputs, inputs, rows, gradient.Storage, 0, true, x.Storage, 0, false, weightTarget, 0,
                    accumulateWeight);
            if (pass.TryTarget(x, out var xTarget, out var accumulate)) // dx = dz · W
                pass.Kernels.MatMul(1, rows, inputs, outputs, gradient.Storage, 0, false, weight.Storage, 0, false, xTarget, 0, accumulate);
            if (residual is { } r) pass.Give(r, gradient);
        }
    }
}
