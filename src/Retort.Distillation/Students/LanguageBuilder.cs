using Retort.Data.Text;
using Retort.Formats.HuggingFace;
using Retort.Recipes;

namespace Retort.Students;

/// <summary>From a recipe's model of kind gpt to the configuration of a Llama, which every other tool reads.</summary>
public static class LanguageBuilder
{
    /// <param name="recipe">Widths and numbers of layers and heads.</param>
    /// <param name="data">Says how many tokens there are and how long a text is.</param>
    public static CausalConfig ConfigOf(ModelRecipe recipe, TextData data) => new()
    {
        Family = CausalFamily.Llama,
        VocabularySize = data.Tokenizer.Tokenizer.Size,
        HiddenSize = recipe.Width,
        IntermediateSize = recipe.Hidden.Count > 0 ? recipe.Hidden[0] : UsualHidden(recipe.Width),
        Layers = recipe.Layers,
        Heads = recipe.Heads,
        KeyValueHeads = recipe.KeyValueHeads > 0 ? recipe.KeyValueHeads : recipe.Heads,
        HeadWidth = recipe.Width / recipe.Heads,
        Positions = recipe.Positions > 0 ? recipe.Positions : data.ContextLength,
        TiedHead = recipe.TiedHead,
        Rope = new RopeConfig(RopeKind.Default, 10000),
        Windows = [.. Enumerable.Repeat(0, recipe.Layers)],
        EndTokens = data.Tokenizer.Ends,
    };

    /// <summary>Which part of another model a student is, where its recipe has the key from.</summary>
    /// <param name="recipe">Sizes; 0 and none = that model's.</param>
    /// <param name="initial">Layers of the teacher whose numbers are taken; null = the teacher gives a shape only.</param>
    public static PartOfTeacher PartOf(ModelRecipe recipe, InitialRecipe? initial) => new()
    {
        Layers = initial?.Layers ?? [],
        LayerCount = recipe.Layers > 0 ? recipe.Layers : null,
        Heads = recipe.Heads > 0 ? recipe.Heads : null,
        Hidden = recipe.Hidden.Count > 0 ? recipe.Hidden[0] : null,
        Width = recipe.Width > 0 ? recipe.Width : null,
        Scratch = recipe.From == "teacher" && initial is null,
    };

    /// <summary>8/3 of the width, as Llama has it: three matrices weigh as much as two of four widths; a multiple of 16.</summary>
    private static int UsualHidden(int width) => (8 * width / 3 + 15) / 16 * 16;
}
