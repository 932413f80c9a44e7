using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>
/// ‖g_soft‖/‖g_hard‖: how much the terms of the teacher pull at the student's logits, by those of the class, each with its weight. The most
/// useful number about a mixture; objectives that do not pull at the logits are left out.
/// </summary>
public sealed class GradientRatio(Device device) : IDisposable
{
    /// <summary>Outside of these one of the two hardly counts.</summary>
    public const double Least = 0.05, Most = 20;
    private readonly Step _step = new(device, "gradient ratio");

    /// <summary>Null when there are not both kinds of terms.</summary>
    /// <param name="objective">The sum.</param>
    /// <param name="signals">Of a running step; read only.</param>
    /// <param name="update">Update to come, from 0.</param>
    public double? Measure(WeightedSum objective, Signals signals, long update)
    {
        var terms = objective.Terms.Where(term => term.Objective.PullsAtLogits && term.Weight.At(update) > 0).ToList();
        if (terms.All(term => term.Hard) || !terms.Any(term => term.Hard)) return null;
        var soft = Norm(new WeightedSum([.. terms.Where(term => !term.Hard)]), signals, update);
        var hard = Norm(new WeightedSum([.. terms.Where(term => term.Hard)]), signals, update);
        return hard > 0 ? soft / hard : null;
    }

    /// <summary>Share of each term in the sum of the norms of all; empty where there are not two that pull.</summary>
    /// <param name="objective">The sum.</param>
    /// <param name="signals">Of a running step; read only.</param>
    /// <param name="update">Update to come, from 0.</param>
    public IReadOnlyList<(string Name, double Value)> Shares(WeightedSum objective, Signals signals, long update)
    {
        var terms = objective.Terms.Where(term => term.Objective.PullsAtLogits && term.Weight.At(update) > 0).ToList();
        if (terms.Count < 2) return [];
        List<(string Name, double Value)> norms =
            [.. terms.Select(term => (term.Objective.Name, Norm(new WeightedSum([term]), signals, update)))];
        var sum = norms.Sum(norm => norm.Value);
        return sum > 0 ? [.. norms.Select(norm => (norm.Name, norm.Value / sum))] : [];
    }

    private double Norm(WeightedSum terms, Signals signals, long update)
    {
        _step.Begin(training: true);
        var logits = _step.Variable(signals.Logits.Shape, device.ToDoubles(signals.Logits));
        _step.Backward(terms.Loss(_step, signals.With(logits), update).Loss);
        return Math.Sqrt(device.ToDoubles(_step.GradientOf(logits)).Sum(slope => slope * slope));
    }

    public void Dispose() => _step.Dispose();
}
