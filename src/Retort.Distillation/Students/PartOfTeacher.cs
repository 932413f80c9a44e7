using Retort.Tensors;

namespace Retort.Students;

/// <summary>
/// Which part of a language model or an encoder a student begins as: some of its layers, and of them the heads, hidden units and numbers of
/// the stream that matter most. What is not said stays as the teacher has it.
/// </summary>
public sealed record PartOfTeacher
{
    /// <summary>Numbers of the teacher's layers, ascending; empty = <see cref="LayerCount"/> of them.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>So many, spread evenly from the first: of twelve, six are every second, as in DistilBERT (Sanh et al. 2019).</summary>
    public int? LayerCount { get; init; }

    /// <summary>Heads of queries.</summary>
    public int? Heads { get; init; }

    /// <summary>Hidden units of the wide layer.</summary>
    public int? Hidden { get; init; }

    /// <summary>Numbers of the residual stream.</summary>
    public int? Width { get; init; }

    /// <summary>Width of an encoder's embedding of a text; 0 = that of the stream.</summary>
    public int? Embedding { get; init; }

    /// <summary>Draw all weights: only shape, vocabulary and tokenizer are the teacher's, and sizes may be larger than its own.</summary>
    public bool Scratch { get; init; }

    /// <summary>The teacher's layer that each layer of the student is taken from.</summary>
    /// <param name="teacher">How many layers the teacher has.</param>
    /// <exception cref="RetortException">Layers that the teacher does not have.</exception>
    public IReadOnlyList<int> LayersOf(int teacher)
    {
        if (Layers.Count > 0 && LayerCount is { } both && both != Layers.Count)
            throw Refused($"{Layers.Count} layers are named, and {both} wanted.", "one of the two.");
        var count = LayerCount ?? teacher;
        if (Layers.Count == 0)
            return count >= 1 && (Scratch || count <= teacher)
                ? [.. Enumerable.Range(0, count).Select(layer => (int)((long)layer * teacher / count))]
                : throw Refused($"{count} layers of a teacher that has {teacher}.", $"from 1 to {teacher}.");
        for (var i = 0; i < Layers.Count; i++)
            if (Layers[i] < 0 || Layers[i] >= teacher || (i > 0 && Layers[i] <= Layers[i - 1]))
                throw Refused($"layers[{i}] is {Layers[i]}.", $"ascending numbers below {teacher}, the teacher's layers.");
        return Layers;
    }

    /// <summary>A size of the student.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="wanted">What is said; null = the teacher's.</param>
    /// <param name="teacher">The teacher's.</param>
    /// <param name="unit">It must be a multiple.</param>
    /// <exception cref="RetortException">More than the teacher has, or no multiple.</exception>
    public int Size(string key, int? wanted, int teacher, int unit = 1)
    {
        var size = wanted ?? teacher;
        if (size < 1 || (!Scratch && size > teacher)) throw Refused($"{key} is {size}.",
            Scratch ? "1 or more." : $"from 1 to {teacher}, which the teacher has.");
        return size % unit == 0 ? size : throw Refused($"{key} is {size}.", $"a multiple of {unit}.");
    }

    internal static RetortException Refused(string what, string expected) =>
        new("student", what, expected, "change the student's model.");
}
