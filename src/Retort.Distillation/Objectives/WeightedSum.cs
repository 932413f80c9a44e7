using Retort.Nn;
using Retort.Nn.Schedules;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>An objective and how much it counts, over the updates.</summary>
public sealed record WeightedTerm(Objective Objective, Schedule Weight)
{
    /// <summary>T over the updates, where the objective has one.</summary>
    public Schedule? Temperature { get; init; }

    /// <summary>It learns from the true class, not from the teacher.</summary>
    public bool Hard { get; init; }
}

/// <summary>The loss of a step, and each term's unweighted value, for the log.</summary>
public readonly record struct ObjectiveValue(Tensor Loss, IReadOnlyList<(string Name, double Value)> Parts)
{
    /// <summary>How much soft terms pull by hard ones; null = not measured.</summary>
    public double? SoftAgainstHard { get; init; }

    /// <summary>What else was measured, for the log; null = nothing.</summary>
    public IReadOnlyList<(string Name, double Value)>? Measures { get; init; }

    /// <summary>own·this + share·other, term by term: the same objective on two views.</summary>
    public ObjectiveValue Mixed(Step step, double own, double share, ObjectiveValue other) => new(
        step.Add(step.Scale(Loss, own), step.Scale(other.Loss, share)),
        [.. Parts.Zip(other.Parts, (a, b) => (a.Name, own * a.Value + share * b.Value))]) { SoftAgainstHard = SoftAgainstHard };
}

/// <summary>
/// L = Σ weight_i · L_i. One hard and one soft row loss share a single pass over the logits. A pass overwrites the logits it reads
/// with their gradient, so every pass but the last reads a copy, and so does the last when other objectives still need them.
/// </summary>
public sealed class WeightedSum(IReadOnlyList<WeightedTerm> terms) : IDisposable
{
    private static readonly RowLossTerms Nothing = RowLossTerms.HardOnly() with { HardWeight = 0 };

    public IReadOnlyList<WeightedTerm> Terms => terms;

    /// <summary>What the objectives train for themselves, in their order.</summary>
    public IReadOnlyList<Weights> Weights => [.. terms.Select(term => term.Objective.Weights).OfType<Weights>()];

    /// <summary>Takes memory for what the objectives train for themselves.</summary>
    public void Build(Device device, Seed seed)
    {
        foreach (var (objective, _) in terms) objective.Weights?.Build(device, seed.Derive(objective.Name));
    }

    public void Dispose()
    {
        foreach (var weights in Weights) weights.Dispose();
    }

    /// <param name="step">The running step.</param>
    /// <param name="signals">Its logits are consumed.</param>
    /// <param name="update">Update to come, from 0.</param>
    /// <param name="share">
    /// Of this part in the batch, where a batch is computed in parts: the loss and the terms' values are multiplied by it.
    /// </param>
    public ObjectiveValue Loss(Step step, Signals signals, long update, double share = 1)
    {
        var parts = new List<(string, double)>(terms.Count);
        Tensor? total = null;
        foreach (var (objective, weight) in terms)
        {
            if (objective is not WeighedObjective weighed) continue;
            var loss = weighed.Lose(step, signals, share * weight.At(update));
            parts.Add((objective.Name, weight.At(update) == 0 ? 0 : step.Device.ToDoubles(loss)[0] / weight.At(update)));
            Add(loss);
        }
        var composed = terms.Where(term => term.Objective is not (RowObjective or WeighedObjective)).ToList();
        var counted = composed.Count > 0 ? signals.Counted(step) : signals;
        foreach (var (objective, weight) in composed)
        {
            var loss = objective.Loss(step, counted, update);
            parts.Add((objective.Name, share * step.Device.ToDoubles(loss)[0]));
            Add(step.Scale(loss, share * weight.At(update)));
        }
        var passes = Merge(signals, update);
        for (var i = 0; i < passes.Count; i++)
        {
            var pass = passes[i];
            var result = signals.Head is { } head
                ? Lose(step, head, signals, pass, update, share)
                : Lose(step, composed.Count == 0 && i == passes.Count - 1, signals, pass, update, share);
            if (pass.Hard is { } hard) parts.Add((hard.Name,
                share * hard.TermsOf(signals, update).HardWeight * Mean(step.Device, result.HardLosses, result.Counted)));
            if (pass.Soft is { } soft) parts.Add((soft.Name,
                share * soft.TermsOf(signals, update).SoftWeight * Mean(step.Device, result.SoftLosses, result.Counted)));
            Add(result.Loss);
        }
        return new ObjectiveValue(total!.Value, parts);

        void Add(Tensor loss) => total = total is { } sum ? step.Add(sum, loss) : loss;
    }

    private static RowLossResult Lose(Step step, bool last, Signals signals, Pass pass, long update, double share) =>
        step.RowLoss(last ? signals.Logits : step.Scale(signals.Logits, 1), pass.TermsOf(share), pass.Ids(step, signals),
            pass.Soft is { } soft ? soft.Target(step, signals, update) ?? signals.Teacher : null);

    /// <summary>The logits are made chunk by chunk, and those of the teacher where the objective takes them as they are.</summary>
    private static RowLossResult Lose(Step step, StudentHead head, Signals signals, Pass pass, long update, double share)
    {
        var target = pass.Soft?.Target(step, signals, update);
        var made = pass.Soft is not null && target is null && signals.TeacherHead is null;
        return step.HeadLoss(head.Hidden, head.Weight, null, pass.TermsOf(share), pass.Ids(step, signals),
            made ? signals.Teacher : target, pass.Soft is not null && target is null ? signals.TeacherHead : null);
    }

    /// <summary>Hard and soft terms go apart where they count different rows.</summary>
    private List<Pass> Merge(Signals signals, long update)
    {
        var (passes, apart) = (new List<Pass>(), signals.PartlyLabelled);
        foreach (var (objective, schedule) in terms)
        {
            if (objective is not RowObjective row) continue;
            var (own, weight) = (row.TermsOf(signals, update), schedule.At(update));
            var soft = own.Soft != SoftLoss.None;
            var place = apart ? -1 : passes.FindIndex(pass => soft ? pass.Soft is null : pass.Hard is null);
            var pass = place < 0 ? new Pass(Nothing, null, null) : passes[place];
            pass = soft
                ? pass with { Soft = row, Terms = own with { SoftWeight = weight * own.SoftWeight, HardWeight = pass.Terms.HardWeight,
                    LabelSmoothing = pass.Terms.LabelSmoothing } }
                : pass with { Hard = row,
                    Terms = pass.Terms with { HardWeight = weight * own.HardWeight, LabelSmoothing = own.LabelSmoothing } };
            if (place < 0) passes.Add(pass);
            else passes[place] = pass;
        }
        return passes;
    }

    private static double Mean(Device device, Tensor losses, long counted) => device.ToDoubles(losses).Sum() / Math.Max(1, counted);

    private sealed record Pass(RowLossTerms Terms, RowObjective? Hard, RowObjective? Soft)
    {
        public RowLossTerms TermsOf(double share) =>
            Terms with { HardWeight = share * Terms.HardWeight, SoftWeight = share * Terms.SoftWeight };

        public Tensor? Ids(Step step, Signals signals) => Hard is null ? signals.CountedIds(step) : signals.ClassIds(step);
    }
}
