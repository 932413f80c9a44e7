using Retort.Nn;
using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Objectives;

/// <summary>
/// Linear embeddings of one width for student and teacher, trained along: what methods use that compare neither width nor place.
/// </summary>
internal sealed class Embeddings
{
    private readonly Linear _student, _teacher;

    public Embeddings(Weights weights, int number, PairShapes shapes, int width)
    {
        _student = new Linear(weights, $"student.{number}", (int)shapes.Student.Count, width, Activation.None, Initializer.Glorot);
        _teacher = new Linear(weights, $"teacher.{number}", (int)shapes.Teacher.Count, width, Activation.None, Initializer.Glorot);
        Description =
            $"linear {shapes.Student.Count} → {width} and {shapes.Teacher.Count} → {width}, {(shapes.Student.Count + shapes.Teacher.Count + 2) * width:N0} parameters";
    }

    public string Description { get; }

    /// <summary>[B, width] of both.</summary>
    public (Tensor Student, Tensor Teacher) Forward(Step step, Tensor student, Tensor teacher) =>
        (_student.Forward(step, step.Flat(student)), _teacher.Forward(step, step.Flat(teacher)));
}
