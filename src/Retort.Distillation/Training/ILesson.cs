using Retort.Objectives;
using Retort.Tensors;

namespace Retort.Training;

/// <summary>Where in a training run a loss is asked for.</summary>
/// <param name="Update">Update to come, from 0.</param>
/// <param name="Progress">Share of the training that is done, in [0, 1).</param>
/// <param name="Part">Of the batch, from 0.</param>
/// <param name="Seed">Of this update.</param>
/// <param name="Ratio">Measures how soft and hard terms pull; null = not in this update.</param>
public readonly record struct LessonPlace(long Update, double Progress, int Part, Seed Seed, GradientRatio? Ratio);

/// <summary>From a batch to a learner's loss: the loop knows neither what an example is nor how a model reads it.</summary>
public interface ILesson
{
    /// <summary>Parts in which a batch is computed, one after the other; their gradients add up to those of the whole.</summary>
    int PartsOf(Batch batch);

    /// <param name="step">The running step.</param>
    /// <param name="learner">Model and objective.</param>
    /// <param name="batch">Examples and answers.</param>
    /// <param name="place">Where the run is.</param>
    ObjectiveValue Loss(Step step, Learner learner, Batch batch, LessonPlace place);
}
