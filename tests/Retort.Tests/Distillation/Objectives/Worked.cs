using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;

namespace Retort.Tests.Distillation.Objectives;

/// <summary>One objective on a few numbers, in double. Logits are given as weights: the probabilities are these over their sum.</summary>
internal static class Worked
{
    public static Schedule T(double temperature) => Schedule.Constant(temperature);

    /// <summary>Logits whose softmax is the weights over their sum.</summary>
    public static double[] Logits(params double[] weights) => [.. weights.Select(weight => Math.Log(weight))];

    /// <param name="objective">Which.</param>
    /// <param name="student">[N, C] logits.</param>
    /// <param name="teacher">[N, C′] logits.</param>
    /// <param name="classes">[N]</param>
    /// <param name="seed">Of the step.</param>
    /// <returns>The loss, and its gradient at the student's logits.</returns>
    public static (double Loss, double[] Gradient) Of(Objective objective, double[] student, double[] teacher, int[] classes,
        Seed seed = default) =>
        Of(objective, student, classes, step =>
            TeacherTarget.Logits(step.Constant(new Shape(classes.Length, teacher.Length / classes.Length), teacher)), seed);

    public static (double Loss, double[] Gradient) Of(Objective objective, double[] student, int[] classes,
        Func<Step, TeacherTarget?> teacher, Seed seed = default)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        objective.Weights?.Build(device, new Seed(5));
        step.Begin(training: true, seed);
        var logits = step.Variable(new Shape(classes.Length, student.Length / classes.Length), student);
        var loss = objective.Loss(step, new Signals(logits, classes, teacher(step)), 0);
        step.Backward(loss);
        var result = (device.ToDoubles(loss)[0], device.ToDoubles(step.GradientOf(logits)));
        objective.Weights?.Dispose();
        return result;
    }
}
