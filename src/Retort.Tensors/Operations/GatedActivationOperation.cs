using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>
/// y = f(gate) · up, gate and up side by side as one linear layer makes them (Shazeer 2020: SwiGLU with Silu, GeGLU with Gelu).
/// On the way back it CONSUMES its input, the widest value of a block: the gradient takes its place, and whoever needs the input
/// after that is refused.
/// </summary>
public static class GatedActivationOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">[…, 2·F], the gate first; consumed on the way back, unless it is a parameter or used again behind.</param>
    /// <param name="function">f.</param>
    /// <returns>[…, F]</returns>
    public static Tensor GatedActivation(this Step step, Tensor x, Unary function = Unary.Silu)
    {
        if (x.Shape.Rank == 0 || x.Shape[-1] % 2 != 0) throw new RetortException("GatedActivation", $"{x.Shape}.",
            "gate and up side by side: an even last dimension.");
        if (function is not (Unary.Silu or Unary.Gelu or Unary.GeluTanh or Unary.Sigmoid or Unary.Relu))
            throw new RetortException("GatedActivation", $"{function} as a gate.", "Silu, Gelu, GeluTanh, Sigmoid or Relu.");
        var (rows, columns) = (x.Shape.CountOf(0, x.Shape.Rank - 1), x.Shape[-1] / 2);
        var y = step.Allocate(x.Shape.With(-1, columns));
        step.Device.Kernels.Gate(function, x.Storage, rows, columns, y.Storage);
        return step.Needs(x) ? step.Record(y, new Node(x, function, rows, columns)) : y;
    }

    private readonly struct Node(Tensor x, Unary function, long rows, long columns) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            var from = x.Storage;
            if (pass.TryReplace(x, out var dx, out var accumulate)) pass.Kernels.GateBackward(function, from, rows, columns,
                gradient.Storage, dx, accumulate);
        }
    }
}
