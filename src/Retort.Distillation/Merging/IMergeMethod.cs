namespace Retort.Merging;

/// <summary>One set of weights out of several of the same shapes, tensor by tensor.</summary>
public interface IMergeMethod
{
    /// <summary>It reads the weights that all models began as.</summary>
    bool NeedsBase { get; }

    /// <param name="models">The same tensor of each model; all of one length.</param>
    /// <param name="start">What it began as; null where no base is needed.</param>
    /// <param name="merged">Takes the result; sums are in double and rounded once.</param>
    void Merge(IReadOnlyList<float[]> models, float[]? start, Span<float> merged);
}
