using Retort.Nn.Graphs;
using Retort.Objectives;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Training;

/// <summary>What live teachers say in a step.</summary>
/// <param name="Target">Their answer as a label; null when the labels are stored.</param>
/// <param name="Teachers">Each for itself.</param>
public sealed record LiveAnswer(TeacherTarget? Target, IReadOnlyList<TeacherSignals> Teachers);

/// <summary>A teacher in the loop: it sees the student's examples of this step, augmented as they are.</summary>
public interface ILiveTeacher
{
    /// <summary>Paths of the hidden values that can be watched, from input to output.</summary>
    IReadOnlyList<string> TapNames { get; }

    /// <summary>Asks it to keep hidden values.</summary>
    /// <returns>Their shapes by path, without the batch.</returns>
    IReadOnlyDictionary<string, Shape> Watch(IReadOnlyList<string> taps);

    /// <summary>Asks all teachers to keep the values before their last layers.</summary>
    /// <returns>Their shapes, without the batch.</returns>
    /// <exception cref="RetortException">They are not to be had.</exception>
    IReadOnlyList<Shape> WatchLast() => throw new RetortException("teacher", "hidden values were asked for.", "a teacher that has some.");

    /// <summary>The examples to come are the nodes of this graph; of interest to teachers that look at neighbours.</summary>
    void Attach(NodeGraph graph)
    {
    }

    /// <param name="step">The student's step; nothing of the teacher is recorded in it, unless gradients are wanted.</param>
    /// <param name="examples">[B, …example]</param>
    /// <param name="progress">Share of the training that is done, in [0, 1).</param>
    /// <param name="gradients">Gradients flow to the examples; none to the teacher's weights.</param>
    LiveAnswer Answer(Step step, Tensor examples, double progress, bool gradients = false);
}
