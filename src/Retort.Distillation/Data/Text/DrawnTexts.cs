using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>A prompt and its answer that were made here.</summary>
/// <param name="Key">Says which part it belongs to.</param>
/// <param name="Prompt">What is asked.</param>
/// <param name="Answer">What is to be said.</param>
/// <param name="Group">Number of its group.</param>
internal readonly record struct DrawnText(string Key, string Prompt, string Answer, int Group = 0);

/// <summary>What texts are made of.</summary>
internal interface ITextWorld
{
    TextTokenizer Tokenizer { get; }
    IAnswerCheck Check { get; }

    /// <summary>Names of groups; empty = there are none.</summary>
    /// <param name="ofTest">Of the test part, which may have more.</param>
    IReadOnlyList<string> Groups(bool ofTest);

    /// <param name="part">Seed of a part.</param>
    /// <param name="number">Of the draw, from 0.</param>
    /// <param name="forTest">The test part may have harder ones.</param>
    DrawnText Draw(Seed part, ulong number, bool forTest);
}

/// <summary>
/// Texts of a world that is made here. Which part a text belongs to follows from its key, so that no part has a text of another. Teacher
/// and prompts go on where the student's texts end.
/// </summary>
internal static class DrawnTexts
{
    private const int UsualTrain = 4000, UsualValidation = 300, UsualTest = 600, PartsOfTen = 10;

    /// <exception cref="RetortException">A text is longer than the context.</exception>
    public static TextData Read(DataRecipe recipe, Seed seed, ITextWorld world)
    {
        var parts = new Seed(0).Derive("parts"); // the same for any seed of a recipe
        TextPart Part(string name, int count, Func<int, bool> owns)
        {
            var (own, ofTest) = (seed.Derive(name), name == "test");
            var documents = new List<TextDocument>(count);
            for (var number = 0UL; documents.Count < count; number++)
            {
                var text = world.Draw(own, number, ofTest);
                if (owns(parts.Derive(text.Key).Below(PartsOfTen, 0)))
                    documents.Add(Encode(world.Tokenizer, text, $"{name} {documents.Count}", recipe.ContextLength));
            }
            return new TextPart(documents, world.Groups(ofTest));
        }
        // one draw: who sees more of it sees what the others see, too
        var count = recipe.Train > 0 ? recipe.Train : UsualTrain;
        var drawn = Part("train", Math.Max(count + recipe.Prompts, recipe.TeacherTrain), part => part > 1);
        TextPart First(int number) => drawn with { Documents = [.. drawn.Documents.Take(number)] };
        var train = First(count);
        return new TextData(train,
            Part("validation", recipe.Validation > 0 ? recipe.Validation : UsualValidation, part => part == 1),
            Part("test", recipe.Test > 0 ? recipe.Test : UsualTest, part => part == 0), world.Tokenizer, recipe.ContextLength)
        {
            Check = world.Check,
            ForTeacher = recipe.TeacherTrain > count ? First(recipe.TeacherTrain) : train,
            Asked = recipe.Prompts > 0 ? First(count + recipe.Prompts) : train,
        };
    }

    private static TextDocument Encode(TextTokenizer tokenizer, DrawnText text, string place, int contextLength)
    {
        var (prompt, answer) = (tokenizer.Plain(text.Prompt), tokenizer.Plain(text.Answer));
        int[] tokens = [.. prompt, .. answer, tokenizer.End];
        return new TextDocument($"{place} ({text.Prompt})", tokens, [.. tokens.Select((_, i) => i >= prompt.Length)]) { Group = text.Group }
            .Checked(contextLength);
    }
}
