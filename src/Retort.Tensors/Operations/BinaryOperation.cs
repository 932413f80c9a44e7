using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;

namespace Retort.Tensors.Operations;

/// <summary>z = x ∘ y element by element, with broadcast.</summary>
public static class BinaryOperation
{
    public static Tensor Add(this Step step, Tensor x, Tensor y) => step.Combine(Binary.Add, x, y);
    public static Tensor Subtract(this Step step, Tensor x, Tensor y) => step.Combine(Binary.Subtract, x, y);
    public static Tensor Multiply(this Step step, Tensor x, Tensor y) => step.Combine(Binary.Multiply, x, y);
    public static Tensor Divide(this Step step, Tensor x, Tensor y) => step.Combine(Binary.Divide, x, y);

    /// <param name="step">The running step.</param>
    /// <param name="function">What joins two numbers; for Maximum and Minimum equal numbers share the gradient.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="y">A shape that broadcasts with it.</param>
    public static Tensor Combine(this Step step, Binary function, Tensor x, Tensor y)
    {
        var shape = Broadcast.Join(Enum.GetName(function)!, x.Shape, y.Shape);
        Strides xStrides = Broadcast.Strides(x.Shape, shape), yStrides = Broadcast.Strides(y.Shape, shape);
        var z = step.Allocate(shape);
        step.Device.Kernels.Combine(function, x.Storage, xStrides, y.Storage, yStrides, z.Storage, shape.Extents);
        return step.Needs(x) || step.Needs(y) ? step.Record(z, new Node(function, x, xStrides, y, yStrides, shape)) : z;
    }

    private readonly struct Node(Binary function, Tensor x, Strides xStrides, Tensor y, Strides yStrides, Shape shape) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient)
        {
            // A sum's gradient is that of its parts, unless a part is broadcast.
            bool passesX = function == Binary.Add && x.Shape == shape, passesY = function == Binary.Add && y.Shape == shape;
            Storage dx = default, dy = default;
            var adds = (!passesX && pass.TryAccumulator(x, out dx)) | (!passesY && pass.TryAccumulator(y, out dy));
            if (adds) pass.Kernels.CombineBackward(function, x.Storage, xStrides, y.Storage, yStrides, gradient.Storage, shape.Extents, dx,
                dy);
            if (passesX) pass.Give(x, gradient);
            if (passesY) pass.Give(y, gradient);
        }
    }
}
