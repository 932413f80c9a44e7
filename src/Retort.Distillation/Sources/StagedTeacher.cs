using Retort.Tensors;
using Retort.Training;

namespace Retort.Sources;

/// <summary>
/// Teachers that take turns: each teaches for an equal share of the training, from the earliest state of a teacher to the finished one
/// (Jin et al. 2019, RCO, route constrained optimisation: a student follows its teacher's way more easily than its end).
/// </summary>
/// <param name="stages">In the order in which they teach.</param>
public sealed class StagedTeacher(IReadOnlyList<LiveTeacher> stages) : ILiveTeacher, IDisposable
{
    public IReadOnlyList<string> TapNames => stages[^1].TapNames;

    public IReadOnlyDictionary<string, Shape> Watch(IReadOnlyList<string> taps) => stages.Select(stage => stage.Watch(taps)).ToList()[^1];

    public IReadOnlyList<Shape> WatchLast() => stages.Select(stage => stage.WatchLast()).ToList()[^1];

    public LiveAnswer Answer(Step step, Tensor examples, double progress, bool gradients = false) =>
        stages[Math.Min((int)(progress * stages.Count), stages.Count - 1)].Answer(step, examples, progress, gradients);

    public void Dispose()
    {
        foreach (var stage in stages) stage.Dispose();
    }
}
