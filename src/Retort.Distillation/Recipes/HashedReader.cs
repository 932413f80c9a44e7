using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>The keys of a model of kind hashed-n-grams.</summary>
internal static class HashedReader
{
    private static readonly string[] Keys = ["kind", "width", "hidden", "dropout", "vocabulary"];

    public static ModelRecipe Model(Section section)
    {
        if (Section.KeysOf(typeof(ModelRecipe)).FirstOrDefault(key => !Keys.Contains(key) && section.Has(key)) is { } other)
            throw new RetortException(section.At(other), $"{section.PathTo(other)} does not belong to kind hashed-n-grams.",
                "it has width, hidden, dropout; as many buckets as data.hashed says.", "remove the key.");
        return new ModelRecipe
        {
            Kind = "hashed-n-grams",
            Width = section.Integer("width", 64, 1, 65536),
            Hidden = section.Integers("hidden", 1, 65536),
            Dropout = section.Number("dropout", 0, NumberRange.BelowOne),
            Vocabulary = section.Integer("vocabulary", 0, 0, 1 << 22),
        };
    }
}
