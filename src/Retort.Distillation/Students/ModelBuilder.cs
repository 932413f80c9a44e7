using Retort.Formats.Onnx;
using Retort.Nn;
using Retort.Nn.Graphs;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Students.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Students;

/// <summary>From a model's description to the model.</summary>
public static class ModelBuilder
{
    /// <param name="recipe">Kind, widths, activation, dropout.</param>
    /// <param name="exampleShape">[features] or [channels, height, width].</param>
    /// <param name="classes">Outputs.</param>
    /// <exception cref="RetortException">The kind is unknown, or does not fit the examples.</exception>
    public static Module Create(ModelRecipe recipe, IReadOnlyList<int> exampleShape, int classes)
    {
        var shape = new Shape([.. exampleShape.Select(extent => (long)extent)]);
        Module module = recipe.Kind switch
        {
            "mlp" => new Mlp(shape, recipe.Hidden, classes, ActivationOf(recipe.Activation), recipe.Dropout, recipe.InputDropout,
                recipe.Ranks),
            "conv-net" => new ConvNet(shape, recipe.Channels, classes, recipe.Dropout, recipe.Exits, recipe.Ranks),
            "onnx" => OnnxStudent.Create(OnnxReader.Read(recipe.Path ?? ""), shape, classes),
            "gcn" => new GraphConvolution(shape, recipe.Hidden, classes, recipe.Dropout, recipe.InputDropout),
            "graph-sage" => new GraphSage(shape, recipe.Hidden, classes, recipe.Dropout, recipe.InputDropout),
            "bert" => new Bert(ShapeOf(recipe, exampleShape, classes)),
            "hashed-n-grams" => new HashedNGrams(exampleShape[0], BucketsOf(recipe), recipe.Width, recipe.Hidden, classes, recipe.Dropout),
            "gat" => new GraphAttention(shape, recipe.Hidden, recipe.Heads, classes, recipe.Dropout, recipe.InputDropout),
            _ => throw new RetortException("model", $"unknown kind '{recipe.Kind}'.", "mlp, conv-net, onnx, gcn, graph-sage, gat, bert or hashed-n-grams; a gpt is made of texts."),
        };
        if (recipe.Ranks.Any(rank => rank > 0) && !LowRank.Of(module))
            throw new RetortException("model.ranks", $"with ranks [{string.Join(", ", recipe.Ranks)}] no weight matrix gets smaller.",
                "a rank below outputs · inputs / (outputs + inputs) of at least one.", "lower the ranks, or remove them.");
        return module;
    }

    /// <summary>Sizes of an encoder.</summary>
    /// <param name="recipe">Width, layers, heads, vocabulary.</param>
    /// <param name="exampleShape">[longest text]</param>
    /// <param name="classes">Outputs.</param>
    /// <exception cref="RetortException">Nobody has said how many tokens there are.</exception>
    public static BertShape ShapeOf(ModelRecipe recipe, IReadOnlyList<int> exampleShape, int classes) => recipe.Vocabulary > 0
        ? new BertShape(recipe.Vocabulary, recipe.Width, recipe.Layers, recipe.Heads,
            recipe.Hidden.Count > 0 ? recipe.Hidden[0] : 4 * recipe.Width, exampleShape[0], classes, Embedding: recipe.Embedding)
        : throw new RetortException("model.vocabulary", "is 0, and the examples are no texts.", "texts, whose tokenizer says it.");

    private static int BucketsOf(ModelRecipe recipe) => recipe.Vocabulary > 0 ? recipe.Vocabulary
        : throw new RetortException("model.vocabulary", "is 0: nobody has said how many buckets there are.", "data.hashed, or the model's description.");

    private static Activation ActivationOf(string name) => name switch
    {
        "relu" => Activation.Relu,
        "gelu" => Activation.Gelu,
        "silu" => Activation.Silu,
        "tanh" => Activation.Tanh,
        _ => throw new RetortException("model", $"unknown activation '{name}'.", "relu, gelu, silu or tanh."),
    };
}
