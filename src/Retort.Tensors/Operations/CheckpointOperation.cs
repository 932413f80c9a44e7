using Retort.Tensors.Autograd;

namespace Retort.Tensors.Operations;

/// <summary>
/// Memory against time (Chen et al. 2016, Training deep nets with sublinear memory cost, arXiv 1604.06174): of a block of operations only
/// the input and the output stay; what lies between is computed again when the walk back arrives there. The numbers are the same bits.
/// </summary>
public static class CheckpointOperation
{
    /// <summary>block(x), whose inner values do not outlive this call.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="x">What the block is given.</param>
    /// <param name="block">
    /// Gives a value of x's shape from x and parameters, the same numbers each time it is called; gradients flow to nothing else.
    /// </param>
    public static Tensor Checkpointed(this Step step, Tensor x, Func<Tensor, Tensor> block)
    {
        var (ordinal, training) = (step.Ordinal, step.Training);
        var y = step.Outlasting(x.Shape, x, block);
        return step.Recording ? step.Record(y, new Node(x, block, ordinal, training)) : y;
    }

    /// <summary>The value of a frozen model, without the memory that it took on the way: no tape, evaluation behaviour.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="shape">Of the value.</param>
    /// <param name="work">Computes it.</param>
    public static Tensor FrozenValue(this Step step, Shape shape, Func<Tensor> work) =>
        step.Frozen(() => step.Outlasting(shape, work, static work => work()));

    private readonly struct Node(Tensor x, Func<Tensor, Tensor> block, ulong ordinal, bool training) : ITapeNode
    {
        public void Backward(BackwardPass pass, Tensor gradient) => pass.Again(x, block, gradient, ordinal, training);
    }
}
