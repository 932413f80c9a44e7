using Retort.Nn.Graphs;
using Retort.Nn.Models;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Students.Onnx;
using Retort.Tensors;

namespace Retort.Students;

/// <summary>Which hidden values a described model has: asked before any model is built.</summary>
public static class ModelTaps
{
    /// <summary>Dotted paths from input to output; none for a graph in a file, whose values only the file knows.</summary>
    public static IReadOnlyList<string> Of(ModelRecipe model) =>
        model.Kind == "mlp" ? Mlp.TapsOf(model.Hidden.Count)
        : model.Kind is "onnx" or "gpt" ? []
        : model.IsHashed ? HashedNGrams.TapsOf(model.Hidden.Count)
        : model.IsEncoder ? Bert.TapsOf(model.Layers)
        : model.OnGraph ? GraphModel.TapsOf(model.Hidden.Count)
        : ConvNet.TapsOf(model.Channels.Count, model.Exits);

    /// <exception cref="RetortException">The model has no such tap, or one of another rank than the objective takes.</exception>
    public static void Check(ModelRecipe model, string path, ObjectiveEntry objective, string who, string location)
    {
        CheckName(path, Of(model), $"{who} ({model.Kind})", location);
        CheckRank(path, path.StartsWith("blocks.", StringComparison.Ordinal), objective, who, location);
    }

    /// <summary>As the other, for a graph from a file.</summary>
    public static void Check(OnnxStudent model, string path, ObjectiveEntry objective, string who, string location)
    {
        CheckName(path, model.TapNames, $"{who} (onnx)", location);
        CheckRank(path, model.TapShapes[path].Rank == 3, objective, who, location);
    }

    private static void CheckName(string path, IReadOnlyList<string> taps, string who, string location)
    {
        if (!taps.Contains(path))
            throw new RetortException(location, $"the {who} has no tap '{path}'.",
                $"expected one of: {string.Join(", ", taps)}.", NearestName.Suggest(path, taps));
    }

    /// <param name="path">A tap that is there.</param>
    /// <param name="map">It is a map, else a vector.</param>
    /// <param name="objective">Who compares it.</param>
    /// <param name="who">student or teacher.</param>
    /// <param name="location">How errors call the recipe.</param>
    /// <exception cref="RetortException">The objective compares maps, and this is none.</exception>
    public static void CheckRank(string path, bool map, ObjectiveEntry objective, string who, string location)
    {
        if (objective.TapRank == 3 && !map)
            throw new RetortException(location, $"'{objective.Name}' compares maps, but the {who}'s '{path}' is a vector.",
                "expected a map [channels, height, width].",
                "use blocks of a conv-net, or an objective that takes vectors: hint, relational-distance, similarity-preserving.");
    }
}
