using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>The keys of a model of kind bert.</summary>
internal static class EncoderReader
{
    private static readonly string[] Keys = ["kind", "width", "layers", "heads", "hidden", "vocabulary", "embedding"];

    public static ModelRecipe Model(Section section)
    {
        if (Section.KeysOf(typeof(ModelRecipe)).FirstOrDefault(key => !Keys.Contains(key) && section.Has(key)) is { } other)
            throw new RetortException(section.At(other), $"{section.PathTo(other)} does not belong to kind bert.",
                $"a bert has {string.Join(", ", Keys.Skip(1))}; as many positions as data.contextLength.", "remove the key.");
        foreach (var key in (string[])["width", "layers"]) section.Required(key, "expected a number, such as width: 128, layers: 4.");
        var model = new ModelRecipe
        {
            Kind = "bert",
            Hidden = section.Integers("hidden", 1, 1 << 20),
            Width = section.Integer("width", 0, 1, 65536),
            Layers = section.Integer("layers", 0, 1, 1000),
            Heads = section.Integer("heads", 1, 1, 1024),
            Vocabulary = section.Integer("vocabulary", 0, 0, 1 << 20),
            Embedding = section.Integer("embedding", 0, 0, 65536),
        };
        if (model.Width % model.Heads != 0)
            throw new RetortException(section.At("heads"), $"{section.Path} has width {model.Width} and {model.Heads} heads.",
                "a width of as many numbers for each head.", "change one of them.");
        return model.Hidden.Count <= 1 ? model : throw new RetortException(section.At("hidden"),
            $"{section.PathTo("hidden")} has {model.Hidden.Count} numbers.", "expected one: the width of the layer between.",
            "for instance hidden: [512].");
    }
}
