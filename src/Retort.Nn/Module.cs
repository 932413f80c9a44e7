using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Nn;

/// <summary>A model: named parameters and a forward pass. No reflection; what it has, it declares.</summary>
public abstract class Module : IDisposable
{
    protected Module(Shape exampleShape, int classes)
    {
        ExampleShape = exampleShape;
        Classes = classes;
    }

    public Weights Weights { get; } = new();

    /// <summary>Shape of one example: [features] or [channels, height, width].</summary>
    public Shape ExampleShape { get; }
    public int Classes { get; }

    /// <summary>Dotted paths of the values that can be tapped, from input to output.</summary>
    public abstract IReadOnlyList<string> TapNames { get; }

    /// <summary>Weights whose rows are the incoming weights of hidden units (for a norm limit).</summary>
    public abstract IReadOnlyList<Parameter> HiddenWeights { get; }

    /// <summary>Multiply-adds of one example's forward pass.</summary>
    public abstract long MultiplyAdds { get; }

    /// <param name="step">Training or evaluation.</param>
    /// <param name="examples">[B, …ExampleShape]</param>
    /// <returns>Logits [B, Classes].</returns>
    public abstract Tensor Forward(Step step, Tensor examples);

    /// <summary>Takes memory and draws first values.</summary>
    public virtual void Build(Device device, Seed seed) => Weights.Build(device, seed);

    public virtual void Dispose()
    {
        Weights.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void CheckInput(string model, Tensor examples)
    {
        if (examples.Shape.Rank == 0 || examples.Shape.Without(0) != ExampleShape)
            throw new RetortException(model, $"was given {examples.Shape}.", $"[batch, {string.Join(", ", ExampleShape.ToArray())}].");
    }
}
