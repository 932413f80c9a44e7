using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives;

/// <summary>Shapes of the two values, without the batch: [features] or [channels, height, width].</summary>
public readonly record struct PairShapes(Shape Student, Shape Teacher);

/// <summary>
/// An objective over hidden values of student and teacher, summed over its pairs. The teacher must be in the process; no gradient
/// flows to it. Adapters and other numbers that the objective trains for itself are in <see cref="Objective.Weights"/>.
/// </summary>
public abstract class FeatureObjective(IReadOnlyList<FeaturePair> pairs) : Objective
{
    public IReadOnlyList<FeaturePair> Pairs => pairs;

    public override bool PullsAtLogits => false;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        Tensor? total = null;
        for (var i = 0; i < pairs.Count; i++)
        {
            var loss = Between(step, signals.StudentAt(pairs[i].Student), signals.TeacherAt(pairs[i].Teacher), i);
            total = total is { } sum ? step.Add(sum, loss) : loss;
        }
        return total!.Value;
    }

    /// <param name="step">The running step.</param>
    /// <param name="student">[B, …] of the student.</param>
    /// <param name="teacher">[B, …] of the teacher, a constant.</param>
    /// <param name="pair">Which pair it is, from 0.</param>
    /// <returns>The term of one pair.</returns>
    public abstract Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0);
}
