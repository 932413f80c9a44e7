using Retort.Objectives;
using Retort.Objectives.Sequence;
using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;

namespace Retort.Tests.Distillation.Objectives;

/// <summary>One objective on a few places of texts, in double, in a sum as training has it.</summary>
internal static class Said
{
    /// <param name="objective">Which; its weight is 2, and what is returned is divided by it.</param>
    /// <param name="student">[N, C] logits.</param>
    /// <param name="teacher">[N, C] logits; empty = only spans say what it thinks.</param>
    /// <param name="said">What stands there.</param>
    /// <param name="throughTheHead">Logits are made by a head, of hidden states that are the logits.</param>
    /// <param name="spans">Of a teacher with another tokenizer.</param>
    /// <returns>The loss, and its gradient at the student's logits.</returns>
    public static (double Loss, double[] Gradient) Of(Objective objective, double[] student, double[] teacher, SaidTokens said,
        bool throughTheHead = false, Func<Step, TeacherSpans>? spans = null)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var shape = new Shape(said.Tokens.Length, student.Length / said.Tokens.Length);
        var own = step.Variable(shape, student);
        var unit = Unit(step, (int)shape[1]);
        TeacherTarget? target = teacher.Length == 0 ? null : TeacherTarget.Logits(step.Constant(shape, teacher));
        var signals = new Signals(throughTheHead ? default : step.Scale(own, 1), said.Tokens, throughTheHead ? null : target)
        {
            Said = said,
            Spans = spans?.Invoke(step),
            Head = throughTheHead ? new StudentHead(step, step.Scale(own, 1), unit) : null,
            TeacherHead = throughTheHead && target is { } given ? new TeacherHead(given.Values, unit) : null,
        };
        using var sum = new WeightedSum([new(objective, Schedule.Constant(2))]);
        var value = sum.Loss(step, signals, 0);
        step.Backward(value.Loss);
        return (device.ToDoubles(value.Loss)[0] / 2, [.. device.ToDoubles(step.GradientOf(own)).Select(slope => slope / 2)]);
    }

    /// <summary>[size, size] of ones on the diagonal: a head whose hidden states are the logits.</summary>
    public static Tensor Unit(Step step, int size) =>
        step.Constant(new Shape(size, size), [.. Enumerable.Range(0, size * size).Select(i => i % (size + 1) == 0 ? 1.0 : 0)]);
}
