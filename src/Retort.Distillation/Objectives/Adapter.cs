using Retort.Nn;
using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>
/// Brings the student's value to the teacher's width: nothing where the widths are equal, else a linear layer or a 1×1 convolution
/// that is trained along and never exported. Maps of different size are averaged to the smaller; a map that meets a vector is averaged
/// over space.
/// </summary>
public sealed class Adapter
{
    private readonly Linear? _linear;
    private readonly Convolution2d? _convolution;
    private readonly bool _vectors;

    /// <param name="weights">Where its numbers live.</param>
    /// <param name="name">Prefix of their names.</param>
    /// <param name="shapes">Of the two values, without the batch.</param>
    public Adapter(Weights weights, string name, PairShapes shapes)
    {
        _vectors = shapes.Student.Rank != 3 || shapes.Teacher.Rank != 3;
        var (from, to) = ((int)Width(shapes.Student), (int)Width(shapes.Teacher));
        if (from == to) Description = $"none, both have width {to}";
        else if (_vectors)
        {
            _linear = new Linear(weights, name, from, to, Activation.None, Initializer.Glorot);
            Description = $"linear {from} → {to}, {from * to + to:N0} parameters";
        }
        else
        {
            _convolution = new Convolution2d(weights, name, from, to, 1, 0);
            Description = $"1×1 convolution {from} → {to}, {from * to:N0} parameters";
        }
    }

    /// <summary>What it is and how many parameters it has.</summary>
    public string Description { get; }

    /// <summary>Both values, of one shape.</summary>
    public (Tensor Student, Tensor Teacher) Match(Step step, Tensor student, Tensor teacher)
    {
        if (_vectors)
        {
            student = Vector(step, student);
            return (_linear?.Forward(step, student) ?? student, Vector(step, teacher));
        }
        (student, teacher) = step.Aligned(student, teacher);
        return (_convolution?.Forward(step, student) ?? student, teacher);
    }

    private static long Width(Shape shape) => shape.Rank is 1 or 3 ? shape[0] : shape.Count;

    /// <summary>A map as its mean over space, [B, C]; anything else flattened.</summary>
    public static Tensor Vector(Step step, Tensor x) => x.Shape.Rank == 4
        ? step.Reshape(step.AdaptiveAveragePool2d(x, 1, 1), new Shape(x.Shape[0], x.Shape[1]))
        : step.Flat(x);
}
