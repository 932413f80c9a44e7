using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>Soft labels at a temperature of each example's own.</summary>
internal static class ExampleTemperatures
{
    /// <summary>T_n = T + strength · (mean w − w_n), within [1, 2·T]: what has a large weight is judged cooler.</summary>
    public static double[] From(double[] weights, double temperature, double strength)
    {
        var mean = weights.Length == 0 ? 0 : weights.Average();
        return [.. weights.Select(weight => Math.Clamp(temperature + strength * (mean - weight), 1, Math.Max(1, 2 * temperature)))];
    }

    /// <summary>mean_n T_n² KL(p_t^(T_n) ‖ p_s^(T_n)); the temperatures are constants.</summary>
    public static Tensor Loss(Step step, Signals signals, double[] temperatures) =>
        Loss(step, signals, step.Constant(new Shape(temperatures.Length, 1), temperatures));

    /// <summary>The same with temperatures that may learn.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="signals">Logits of student and teacher.</param>
    /// <param name="t">[N, 1], or [1, 1] for all.</param>
    public static Tensor Loss(Step step, Signals signals, Tensor t)
    {
        var student = step.LogSoftmax(step.Divide(signals.Logits, t));
        var teacher = step.LogSoftmax(step.Divide(signals.TeacherLogits(step), t));
        var distances = step.Reshape(step.KullbackLeibler(teacher, student), new Shape(student.Shape[0], 1));
        return step.MeanAll(step.Multiply(distances, step.Square(t)));
    }
}
