using Retort.Nn.Graphs;
using Retort.Nn.Layers;
using Retort.Tensors;

namespace Retort.Teachers;

/// <summary>A teacher that can answer inside a student's step, about the very view that the student sees.</summary>
public interface IInProcessTeacher : ITeacher
{
    /// <summary>Paths of the hidden values that can be watched, from input to output.</summary>
    IReadOnlyList<string> TapNames { get; }

    /// <summary>What the last answer gave at the watched paths; it dies with that answer's step.</summary>
    IReadOnlyDictionary<string, Tensor> Tapped { get; }

    /// <summary>The answers to come keep the values at these paths.</summary>
    /// <returns>Their shapes by path, without the batch.</returns>
    /// <exception cref="RetortException">It has no such value, or none that can be compared.</exception>
    IReadOnlyDictionary<string, Shape> Watch(IReadOnlyList<string> taps);

    /// <summary>The answers to come keep what the last layer is given.</summary>
    /// <returns>Its shape, without the batch.</returns>
    /// <exception cref="RetortException">It is no model with a layer before its last.</exception>
    Shape WatchLast() => throw new RetortException("teacher", "the values before its last layer were asked for.",
        "mlps with hidden layers, and conv-nets.");

    /// <summary>
    /// What the last layer was given in the last answer, [N, features] or [N, channels, height, width], and that layer; null when nobody
    /// asked.
    /// </summary>
    (Tensor Values, Linear Classifier)? Last => null;

    /// <summary>The examples to come are the nodes of this graph; of interest to teachers that look at neighbours.</summary>
    void Attach(NodeGraph graph)
    {
    }

    /// <param name="step">The student's step, frozen or evaluated.</param>
    /// <param name="examples">[B, …] as many numbers an example as it takes.</param>
    /// <returns>Logits [B, Classes].</returns>
    Tensor Answer(Step step, Tensor examples);
}
