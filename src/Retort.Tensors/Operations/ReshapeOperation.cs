using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>The same numbers under another shape; nothing is copied.</summary>
public static class ReshapeOperation
{
    /// <param name="step">The running step.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="shape">As many numbers.</param>
    public static Tensor Reshape(this Step step, Tensor x, Shape shape)
    {
        if (x.Shape.Count != shape.Count) throw new RetortException("Reshape",
            $"{x.Shape} to {shape}: {x.Shape.Count} ≠ {shape.Count} numbers.");
        var y = x.WithShape(shape);
        return step.Needs(x) ? step.Record(y, new Node(x)) : y;
    }

    /// <summary>The same numbers, through which no gradient flows. A parameter is copied: its memory says that it is one.</summary>
    public static Tensor Detach(this Step step, Tensor x)
    {
        if (!step.Needs(x) || x.Arena.Gradients is null) return x.WithNode(0);
        var y = step.Allocate(x.Shape);
        step.Device.Kernels.Copy(x.Storage, y.Storage, false);
        return y;
    }

    private readonly struct Node(Tensor x) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient) => pass.Give(x, gradient);
    }
}
