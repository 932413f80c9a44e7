using Retort.Nn;
using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = T² · KL(p_teacher^T ‖ p_student^T), T = 1 + span · sigmoid(θ) learnt AGAINST the student: θ gets the gradient times −λ, λ growing by
/// a cosine from 0 to 1 over the first share of the updates, so that lessons become harder by and by (Li et al. 2023, CTKD, the global
/// version, θ = 1 at first). z [N, C], dense labels.
/// </summary>
public sealed class CurriculumTemperature : Objective
{
    private const double First = 1;
    private readonly Parameter _theta;
    private readonly Schedule _reversal;
    private readonly double _span;

    public CurriculumTemperature(ObjectiveContext given)
    {
        _span = given.Number("span");
        _reversal =
            new Schedule(ScheduleKind.Cosine, 0, 1, Math.Max(1, (long)(given.Number("reversalShare") * given.TotalSteps))) { Holds = true };
        Weights = new Weights();
        _theta = Weights.Add("theta", new Shape(1), Initializer.Filled(First));
    }

    public static ObjectiveEntry Entry { get; } =
        new("curriculum-temperature", "CTKD: a temperature learnt against the student", "Li et al. 2023, arXiv 2211.16231",
        "τ²·KL(p_teacher^τ ‖ p_student^τ), τ learnt by gradient reversal", Needs.DenseLogits, given => new CurriculumTemperature(given))
    {
        Keys =
        [
            ObjectiveKey.Number("span", 20, NumberRange.Positive(1000), "the paper's: T between 1 and 21, 15.6 at first"),
            ObjectiveKey.Number("reversalShare", 0.04, NumberRange.Positive(1), "10 of 240 epochs"),
        ],
    };

    public override string Name => Entry.Name;
    public override Weights Weights { get; }

    public override double? LearntTemperature => 1 + _span / (1 + Math.Exp(-_theta.Value.Device.ToDoubles(_theta.Value)[0]));

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var reversal = _reversal.At(update); // the value is θ, its slope −reversal
        var theta = step.Subtract(step.Scale(step.Detach(_theta.Value), 1 + reversal), step.Scale(_theta.Value, reversal));
        var t = step.Plus(step.Scale(step.Apply(Unary.Sigmoid, theta), _span), 1);
        var student = step.LogSoftmax(step.Divide(signals.Logits, t));
        var teacher = step.LogSoftmax(step.Divide(signals.TeacherLogits(step), t));
        var mean = step.MeanAll(step.KullbackLeibler(teacher, student));
        return step.Reshape(step.Multiply(step.Square(t), mean), new Shape());
    }
}
