using Retort.Nn;
using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Objectives;

/// <summary>
/// An adapter with a batch norm behind its 1×1 convolution, as methods on values before an activation have it; vectors get a linear layer.
/// </summary>
public sealed class Connector
{
    private readonly Linear? _linear;
    private readonly Convolution2d? _convolution;
    private readonly BatchNorm2d? _norm;

    /// <param name="weights">Where its numbers live.</param>
    /// <param name="name">Prefix of their names.</param>
    /// <param name="shapes">Of the two values, without the batch.</param>
    /// <param name="always">Also where the widths are equal.</param>
    /// <exception cref="RetortException">One value is a map and the other is not.</exception>
    public Connector(Weights weights, string name, PairShapes shapes, bool always)
    {
        if (shapes.Student.Rank != shapes.Teacher.Rank)
            throw new RetortException("features", $"{shapes.Student} of the student and {shapes.Teacher} of the teacher.",
                "two maps, or two vectors.", "choose other taps.");
        var (from, to) = ((int)shapes.Student[0], (int)shapes.Teacher[0]);
        if (from == to && !always) Description = $"none, both have width {to}";
        else if (shapes.Student.Rank == 1)
        {
            _linear = new Linear(weights, name, from, to, Activation.None, Initializer.Glorot);
            Description = $"linear {from} → {to}, {from * to + to:N0} parameters";
        }
        else
        {
            _convolution = new Convolution2d(weights, name, from, to, 1, 0);
            _norm = new BatchNorm2d(weights, $"{name}.norm", to);
            Description = $"1×1 convolution {from} → {to} and batch norm, {from * to + 2 * to:N0} parameters";
        }
    }

    /// <summary>What it is and how many parameters it has.</summary>
    public string Description { get; }

    /// <summary>Both values, of one shape.</summary>
    public (Tensor Student, Tensor Teacher) Match(Step step, Tensor student, Tensor teacher)
    {
        if (student.Shape.Rank == 2) return (_linear?.Forward(step, student) ?? student, teacher);
        (student, teacher) = step.Aligned(student, teacher);
        return (_convolution is null ? student : _norm!.Forward(step, _convolution.Forward(step, student), relu: false), teacher);
    }
}
