using Retort.Nn;
using Retort.Nn.Layers;
using Retort.Nn.Schedules;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Response;

/// <summary>
/// L = mean_n T_n² · KL(p_teacher^T_n ‖ p_student^T_n), T_n = 1 + span · sigmoid(θ_n) learnt AGAINST the student: θ gets the gradient
/// times −λ, λ growing by a cosine from 0 to 1 over the first share of the updates, so that lessons become harder by and by (Li et al.
/// 2023, CTKD). θ is one number for all, or what two layers say about the logits of student and teacher; 1 at first. z [N, C], dense
/// labels.
/// </summary>
public sealed class CurriculumTemperature : Objective
{
    private const double First = 1;
    private const int Width = 64;
    private readonly Parameter? _theta;
    private readonly Linear? _hidden, _output;
    private readonly Schedule _reversal;
    private readonly double _span;
    private double _mean;

    public CurriculumTemperature(ObjectiveContext given)
    {
        _span = given.Number("span");
        _reversal =
            new Schedule(ScheduleKind.Cosine, 0, 1, Math.Max(1, (long)(given.Number("reversalShare") * given.TotalSteps))) { Holds = true };
        Weights = new Weights();
        if (given.Choice("scope") == "all")
        {
            _theta = Weights.Add("theta", new Shape(1), Initializer.Filled(First));
            return;
        }
        _hidden = new Linear(Weights, "hidden", 2 * given.Classes, Width, Activation.Relu, Initializer.He);
        _output = new Linear(Weights, "output", Width, 1, Activation.None, Initializer.Zeros);
    }

    public static ObjectiveEntry Entry { get; } =
        new("curriculum-temperature", "CTKD: a temperature learnt against the student", "Li et al. 2023, arXiv 2211.16231",
        "τ²·KL(p_teacher^τ ‖ p_student^τ), τ learnt by gradient reversal", Needs.DenseLogits, given => new CurriculumTemperature(given))
    {
        Keys =
        [
            ObjectiveKey.Number("span", 20, NumberRange.Positive(1000), "the paper's: T between 1 and 21, 15.6 at first"),
            ObjectiveKey.Number("reversalShare", 0.04, NumberRange.Positive(1), "10 of 240 epochs"),
            ObjectiveKey.Choice("scope", ["all", "example"], "one number is simpler than two layers"),
        ],
    };

    public override string Name => Entry.Name;
    public override Weights Weights { get; }

    public override IReadOnlyList<string> Adapters => _hidden is null
        ? []
        : [$"temperature of each example, {_hidden.Weight.Shape[1]} → {Width} → 1, {Weights.Count:N0} parameters"];

    /// <summary>Of the last batch, the mean where each example has its own.</summary>
    public override double? LearntTemperature => _theta is null
        ? _mean
        : 1 + _span / (1 + Math.Exp(-_theta.Value.Device.ToDoubles(_theta.Value)[0]));

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var reversal = _reversal.At(update); // the value is θ, its slope −reversal
        var raw = _theta is null ? Told(step, signals) : step.Reshape(_theta.Value, new Shape(1, 1));
        var theta = step.Subtract(step.Scale(step.Detach(raw), 1 + reversal), step.Scale(raw, reversal));
        var t = step.Plus(step.Scale(step.Apply(Unary.Sigmoid, theta), _span), 1);
        if (_theta is null) _mean = step.Device.ToDoubles(t).Average();
        return ExampleTemperatures.Loss(step, signals, t);
    }

    /// <summary>θ of each example, [N, 1]; the logits are constants here, so the student cannot choose its own temperature.</summary>
    private Tensor Told(Step step, Signals signals)
    {
        var both = step.Concat(1, step.Detach(signals.Logits), signals.TeacherLogits(step));
        return step.Plus(_output!.Forward(step, _hidden!.Forward(step, both)), First);
    }
}
