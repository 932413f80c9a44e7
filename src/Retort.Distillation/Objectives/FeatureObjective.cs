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

    /// <summary>Which places of a sequence are examples, the usual choice first; without meaning for other values.</summary>
    protected static ObjectiveKey PlacesKey(SequencePlaces usual, string reason) => ObjectiveKey.Choice("places",
        usual == SequencePlaces.All ? ["all", "first", "mean"] : ["first", "all", "mean"], reason);

    public override bool PullsAtLogits => false;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        Tensor? total = null;
        for (var i = 0; i < pairs.Count; i++)
        {
            var loss = Between(step, Examples(step, signals, signals.StudentAt(pairs[i].Student)),
                Examples(step, signals, signals.TeacherAt(pairs[i].Teacher)), i);
            total = total is { } sum ? step.Add(sum, loss) : loss;
        }
        return total!.Value;
    }

    /// <summary>What of a hidden value are the examples that <see cref="Between"/> is given: the value as it is.</summary>
    protected virtual Tensor Examples(Step step, Signals signals, Tensor value) => value;

    /// <param name="step">The running step.</param>
    /// <param name="student">[B, …] of the student.</param>
    /// <param name="teacher">[B, …] of the teacher, a constant.</param>
    /// <param name="pair">Which pair it is, from 0.</param>
    /// <returns>The term of one pair.</returns>
    public abstract Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0);
}
