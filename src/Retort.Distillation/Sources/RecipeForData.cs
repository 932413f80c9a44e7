using Retort.Data;
using Retort.Recipes;

namespace Retort.Sources;

/// <summary>What a recipe cannot say before its data are read.</summary>
internal static class RecipeForData
{
    /// <summary>Models of texts without a vocabulary have that of the data's tokenizer, or its buckets.</summary>
    public static Recipe For(this Recipe recipe, DataSplits data)
    {
        if (data.Train.Texts is not { } texts) return recipe;
        ModelRecipe Of(ModelRecipe model) =>
            model is { ReadsTexts: true, Vocabulary: 0 } ? model with { Vocabulary = texts.Encoding.Size } : model;
        return recipe with
        {
            Student = recipe.Student with
            {
                Model = Of(recipe.Student.Model), Assistants = [.. recipe.Student.Assistants.Select(Of)],
            },
            Teacher = recipe.Teacher with
            {
                Members = [.. recipe.Teacher.Members.Select(member =>
                    member.Model is { } model ? member with { Model = Of(model) } : member)],
            },
        };
    }
}
