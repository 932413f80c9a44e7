using Retort.Nn;
using Retort.Nn.Optimizers;
using Retort.Tensors;

namespace Retort.Training;

/// <summary>Makes a learner's examples in the loop, where there are no data, or none are to be used.</summary>
public interface IExampleMaker : IDisposable
{
    /// <summary>What it trains for itself, by updates of its own: saved in checkpoints.</summary>
    IReadOnlyList<(Weights Weights, Optimizer Optimizer)> Trained { get; }

    /// <param name="step">The learner's step, where the examples will live, as constants.</param>
    /// <param name="count">How many.</param>
    /// <param name="update">Update to come, from 0: the same examples whenever it is asked, if it is as far as it was.</param>
    /// <returns>[count, …example]</returns>
    Tensor Next(Step step, int count, long update);
}
