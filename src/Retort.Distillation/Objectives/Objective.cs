using Retort.Tensors.Devices;

namespace Retort.Objectives;

/// <summary>
/// One equation over rows of logits. It is always the mean over counted rows, and the teacher's entropy is included, so that it is
/// 0 at equality. An objective only says what its terms are at a step (what it needs of the labels stands in the catalogue); <see cref="WeightedSum"/> has them computed in one pass.
/// </summary>
public abstract class Objective
{
    public abstract string Name { get; }

    /// <param name="step">Update to come, from 0: weights and temperature may be schedules.</param>
    public abstract RowLossTerms TermsAt(long step);
}
