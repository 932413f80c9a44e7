using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>y = f(x), element by element.</summary>
public static class UnaryOperation
{
    public static Tensor Relu(this Step step, Tensor x) => step.Apply(Unary.Relu, x);
    public static Tensor Exp(this Step step, Tensor x) => step.Apply(Unary.Exp, x);
    public static Tensor Log(this Step step, Tensor x) => step.Apply(Unary.Log, x);
    public static Tensor Square(this Step step, Tensor x) => step.Apply(Unary.Square, x);

    /// <summary>The activation that a linear layer can have in its own pass.</summary>
    public static Tensor Activate(this Step step, Tensor x, Activation activation) => activation switch
    {
        Activation.Relu => step.Apply(Unary.Relu, x),
        Activation.Gelu => step.Apply(Unary.Gelu, x),
        Activation.Silu => step.Apply(Unary.Silu, x),
        Activation.Tanh => step.Apply(Unary.Tanh, x),
        _ => x,
    };

    /// <param name="step">The running step.</param>
    /// <param name="function">Which f.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="first">LeakyRelu's slope; Clamp's minimum.</param>
    /// <param name="second">Clamp's maximum.</param>
    public static Tensor Apply(this Step step, Unary function, Tensor x, double first = 0, double second = 0)
    {
        var y = step.Allocate(x.Shape);
        step.Device.Kernels.Apply(function, x.Storage, y.Storage, first, second);
        return step.Needs(x) ? step.Record(y, new Node(function, x, y, first, second)) : y;
    }

    private readonly struct Node(Unary function, Tensor x, Tensor y, double first, double second) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            if (pass.TryTarget(x, out var target, out var accumulate))
                pass.Kernels.ApplyBackward(function, x.Storage, y.Storage, gradient.Storage, target, first, second, accumulate);
        }
    }
}
