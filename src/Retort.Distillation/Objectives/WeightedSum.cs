using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>The teacher's answers for a batch, on the device.</summary>
/// <param name="Classes">[B] int32, the true classes; null when no objective needs them.</param>
/// <param name="Teacher">Dense logits or kept ids with their tail; null when no objective needs them.</param>
public readonly record struct LabelTensors(Tensor? Classes, TeacherTarget? Teacher);

/// <summary>The loss of a step and its raw parts (unweighted means, for the log).</summary>
public readonly record struct ObjectiveValue(Tensor Loss, double Hard, double Soft);

/// <summary>
/// L = Σ weight_i · L_i. One hard and one soft term share a single pass over the logits; further soft terms get a copy of the
/// logits each, because a row loss overwrites what it reads with its gradient.
/// </summary>
public sealed class WeightedSum(IReadOnlyList<Objective> terms)
{
    public IReadOnlyList<Objective> Terms => terms;

    /// <param name="step">The running step.</param>
    /// <param name="logits">[B, C]; consumed.</param>
    /// <param name="labels">What the terms need.</param>
    /// <param name="number">Update to come, from 0.</param>
    public ObjectiveValue Loss(Step step, Tensor logits, LabelTensors labels, long number)
    {
        var passes = Merge(number);
        Tensor? total = null;
        double hard = 0, soft = 0;
        for (var i = 0; i < passes.Count; i++)
        {
            var own = i == passes.Count - 1 ? logits : step.Scale(logits, 1);
            var result = step.RowLoss(own, passes[i], labels.Classes, passes[i].Soft == SoftLoss.None ? null : labels.Teacher);
            total = total is { } sum ? step.Add(sum, result.Loss) : result.Loss;
            if (passes[i].HardWeight > 0) hard += Mean(step.Device, result.HardLosses, result.Counted);
            if (passes[i].Soft != SoftLoss.None) soft += Mean(step.Device, result.SoftLosses, result.Counted);
        }
        return new ObjectiveValue(total!.Value, hard, soft);
    }

    private List<RowLossTerms> Merge(long number)
    {
        var passes = new List<RowLossTerms>();
        foreach (var term in terms.Select(term => term.TermsAt(number)))
        {
            var soft = term.Soft != SoftLoss.None;
            var partner = passes.FindIndex(pass => soft ? pass.Soft == SoftLoss.None : pass.HardWeight == 0);
            if (partner < 0) passes.Add(term);
            else if (soft) passes[partner] = term with { HardWeight = passes[partner].HardWeight, LabelSmoothing = passes[partner].LabelSmoothing };
            else passes[partner] = passes[partner] with { HardWeight = term.HardWeight, LabelSmoothing = term.LabelSmoothing };
        }
        return passes;
    }

    private static double Mean(Device device, Tensor losses, long counted)
    {
        var values = device.ToDoubles(losses);
        return values.Sum() / Math.Max(1, counted);
    }
}
