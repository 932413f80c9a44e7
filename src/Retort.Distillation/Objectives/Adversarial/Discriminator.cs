using Retort.Nn;
using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Adversarial;

/// <summary>
/// Tells the teacher's vectors from the student's: two layers, D(x) = w·LeakyReLU(W x + b) + c, the log-odds that x is the teacher's. It
/// learns by the same backward walk as the student: its parameters get the gradient turned round (Goodfellow et al. 2014, eq. 1).
/// </summary>
internal sealed class Discriminator(Weights weights, string name, int inputs, int width)
{
    private const double Slope = 0.2;
    private readonly Linear _hidden = new(weights, $"{name}.hidden", inputs, width, Activation.None, Initializer.He);
    private readonly Linear _output = new(weights, $"{name}.output", width, 1, Activation.None, Initializer.Glorot);

    public string Description => $"discriminator {inputs} → {width} → 1, {(inputs + 2) * width + 1:N0} parameters";

    /// <summary>
    /// 2 ln 2 + mean ln σ(D(teacher)) + mean ln(1 − σ(D(student))): at most twice the Jensen-Shannon divergence of the two clouds, in nats,
    /// and that much when D is as good as can be. The student makes it small, D large.
    /// </summary>
    /// <param name="step">The running step.</param>
    /// <param name="student">[B, inputs]</param>
    /// <param name="teacher">[B, inputs], a constant.</param>
    public Tensor Divergence(Step step, Tensor student, Tensor teacher)
    {
        var missedTeacher = step.MeanAll(step.Apply(Unary.Softplus, step.Scale(LogOdds(step, teacher), -1)));
        var missedStudent = step.MeanAll(step.Apply(Unary.Softplus, LogOdds(step, student)));
        return step.Plus(step.Scale(step.Add(missedTeacher, missedStudent), -1), 2 * Math.Log(2));
    }

    /// <summary>[B, 1]</summary>
    private Tensor LogOdds(Step step, Tensor x)
    {
        var hidden = step.Linear(x, TurnedRound(step, _hidden.Weight), TurnedRound(step, _hidden.Bias));
        return step.Linear(step.Apply(Unary.LeakyRelu, hidden, Slope), TurnedRound(step, _output.Weight), TurnedRound(step, _output.Bias));
    }

    /// <summary>The parameter's value, with the slope −1.</summary>
    private static Tensor TurnedRound(Step step, Parameter parameter) =>
        step.Subtract(step.Scale(step.Detach(parameter.Value), 2), parameter.Value);
}
