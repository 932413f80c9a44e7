using Retort.Nn;
using Retort.Tensors;

namespace Retort.Objectives;

/// <summary>
/// One equation, unweighted. It is the mean over what counts, T² included, and 0 when the student answers as the teacher does.
/// Name, paper, formula, needs and keys stand in its <see cref="ObjectiveEntry"/>.
/// </summary>
public abstract class Objective
{
    public abstract string Name { get; }

    /// <summary>
    /// Numbers that it trains for itself beside the student (adapters, scales) or remembers: saved in checkpoints, never exported.
    /// </summary>
    public virtual Weights? Weights => null;

    /// <summary>What it added to the student's values, with parameter counts, one sentence each.</summary>
    public virtual IReadOnlyList<string> Adapters => [];

    /// <summary>Its temperature, when it learns it; else null.</summary>
    public virtual double? LearntTemperature => null;

    /// <summary>Gradients flow from it to the student's logits, where terms can be weighed against each other.</summary>
    public virtual bool PullsAtLogits => true;

    /// <param name="step">The running step.</param>
    /// <param name="signals">What student, teacher and data say in this step.</param>
    /// <param name="update">Update to come, from 0: temperatures may be schedules.</param>
    /// <returns>A scalar.</returns>
    public abstract Tensor Loss(Step step, Signals signals, long update);
}
