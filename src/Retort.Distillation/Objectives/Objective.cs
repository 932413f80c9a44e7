using Retort.Tensors.Devices;

namespace Retort.Objectives;

/// <summary>What an objective wants to be given.</summary>
[Flags]
public enum Needs
{
    None = 0,
    Classes = 1,
    DenseLogits = 2,
    TopLogits = 4,
}

/// <summary>
/// One equation over rows of logits. It is always the mean over counted rows, and the teacher's entropy is included, so that it is
/// 0 at equality. An objective only says what its terms are at a step; <see cref="WeightedSum"/> has them computed in one pass.
/// </summary>
public abstract class Objective
{
    public abstract string Name { get; }

    /// <summary>Any one of the flags beyond Classes is enough (dense logits, or top logits with their tail).</summary>
    public abstract Needs Needs { get; }

    /// <param name="step">Update to come, from 0: weights and temperature may be schedules.</param>
    public abstract RowLossTerms TermsAt(long step);
}
