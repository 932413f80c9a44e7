using Retort.Formats.Safetensors;
using Retort.Tensors;

namespace Retort.Checkpoints;

/// <summary>The tensors of an ensemble's file, by name.</summary>
internal sealed class EnsembleTensors(SafetensorsReader reader)
{
    public string Path => reader.Path;

    /// <exception cref="RetortException">The tensor is missing, or holds a number that is not finite.</exception>
    public float[] Floats(string name)
    {
        var values = new float[Count(name)];
        reader.ReadFloats(name, values);
        return values.All(float.IsFinite)
            ? values
            : throw new RetortException(Path, $"tensor '{name}' holds a value that is not finite.", "finite numbers.",
                "train the ensemble again.");
    }

    public int[] Ints(string name)
    {
        var values = new int[Count(name)];
        reader.ReadInts(name, values);
        return values;
    }

    private long Count(string name) => reader.Entries.TryGetValue(name, out var entry)
        ? entry.Shape.Aggregate(1L, (product, extent) => product * extent)
        : throw new RetortException(Path, $"has no tensor '{name}'.", "the tensors that ensemble.json describes.",
            "use the pair of files of one run.");
}
