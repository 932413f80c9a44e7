using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;

namespace Retort.Tests.Distillation.Objectives;

/// <summary>An objective that hears several teachers, in double.</summary>
internal static class Panel
{
    public static (double Loss, double[] Gradient) Of(Objective objective, double[] student, int[] classes,
        params (double[] Logits, double Weight)[] teachers)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var shape = new Shape(classes.Length, student.Length / classes.Length);
        var logits = step.Variable(shape, student);
        var loss = objective.Loss(step, new Signals(logits, classes, null)
        {
            Teachers = [.. teachers.Select(teacher =>
                new TeacherSignals(step.Constant(shape, teacher.Logits), teacher.Weight, new Dictionary<string, Tensor>()))],
        }, 0);
        step.Backward(loss);
        return (device.ToDoubles(loss)[0], device.ToDoubles(step.GradientOf(logits)));
    }
}
