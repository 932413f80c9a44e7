using Retort.Formats.Onnx;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Teachers.Onnx;

/// <summary>Values inside a graph that somebody wants to see.</summary>
public static class OnnxTaps
{
    /// <summary>Every value that a node makes, in the order of the file.</summary>
    public static IReadOnlyList<string> Names(OnnxModelGraph graph) =>
        [.. graph.Nodes.SelectMany(node => node.Outputs).Where(name => name.Length > 0)];

    /// <exception cref="RetortException">The graph has no such value.</exception>
    public static void Check(OnnxModel model, IReadOnlyList<string> taps)
    {
        var made = Names(model.Graph).Concat(model.Graph.Inputs.Select(input => input.Name))
            .Concat(model.Graph.Initializers.Select(constant => constant.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var tap in taps)
            if (!made.Contains(tap))
                throw new RetortException(model.Location, $"the graph has no value '{tap}'.", NearestName.Suggest(tap, made));
    }

    /// <summary>What a run gave, without the batch: [features], [channels, height, width], …</summary>
    /// <param name="location">How errors call the model.</param>
    /// <param name="name">Of the value.</param>
    /// <param name="value">From a run.</param>
    /// <param name="batch">Examples of that run.</param>
    /// <exception cref="RetortException">It is no row of floats an example.</exception>
    public static Shape ShapeOf(string location, string name, OnnxValue value, int batch)
    {
        if (value is OnnxArray { IsFloat: true, Count: > 0, Rank: > 1 and <= Shape.MaximumRank } array && array.Shape[0] == batch)
            return new Shape([.. array.Shape.Skip(1).Select(extent => (long)extent)]);
        var found = value is OnnxArray other ? $"{other.Type}{Extents.Text(other.Shape)}" : "no array";
        throw new RetortException(location, $"the value '{name}' is {found} for {batch} examples.",
            $"floats [{batch}, …] of two to {Shape.MaximumRank} dimensions, a row an example.", "compare another value.");
    }
}
