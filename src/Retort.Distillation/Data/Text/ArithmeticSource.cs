using System.Globalization;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>
/// Chains of sums made here. Which part a sum belongs to follows from its text, so that no part has a sum of another; the test part has
/// longer ones than were trained on, too.
/// </summary>
internal static class ArithmeticSource
{
    private const int UsualTrain = 4000, UsualValidation = 300, UsualTest = 600, PartsOfTen = 10;

    public static TextData Read(DataRecipe recipe, Seed seed)
    {
        var tokenizer = TextTokenizer.OfCharacters(ChainSum.Characters);
        var parts = new Seed(0).Derive("parts"); // the same for any seed of a recipe
        TextPart Part(string name, int count, int longest, Func<int, bool> owns)
        {
            var own = seed.Derive(name);
            var documents = new List<TextDocument>(count);
            string[] groups = [.. Enumerable.Range(2, longest - 1).Select(terms => string.Create(CultureInfo.InvariantCulture,
                $"{terms} digits{(terms > recipe.Terms ? ", longer than trained" : "")}"))];
            for (var number = 0UL; documents.Count < count; number++)
            {
                var terms = 2 + own.Below(longest - 1, number);
                var sum = ChainSum.Draw(terms, own.Derive(number), recipe.Signs.Length > 0 ? recipe.Signs : ChainSum.AllSigns);
                if (!owns(parts.Derive(sum.Prompt).Below(PartsOfTen, 0))) continue;
                documents.Add(Encode(tokenizer, sum, recipe, $"{name} {documents.Count}", terms - 2));
            }
            return new TextPart(documents, groups);
        }
        // one draw: who sees more of it sees what the others see, too
        var count = recipe.Train > 0 ? recipe.Train : UsualTrain;
        var drawn = Part("train", Math.Max(count + recipe.Prompts, recipe.TeacherTrain), recipe.Terms, part => part > 1);
        TextPart First(int number) => drawn with { Documents = [.. drawn.Documents.Take(number)] };
        var train = First(count);
        return new TextData(train,
            Part("validation", recipe.Validation > 0 ? recipe.Validation : UsualValidation, recipe.Terms, part => part == 1),
            Part("test", recipe.Test > 0 ? recipe.Test : UsualTest, recipe.TestTerms, part => part == 0), tokenizer, recipe.ContextLength)
        {
            Check = new ChainSumCheck(),
            ForTeacher = recipe.TeacherTrain > count ? First(recipe.TeacherTrain) : train,
            Asked = recipe.Prompts > 0 ? First(count + recipe.Prompts) : train,
        };
    }

    private static TextDocument Encode(TextTokenizer tokenizer, ChainSum sum, DataRecipe recipe, string place, int group)
    {
        var (prompt, answer) = (tokenizer.Plain(sum.Prompt), tokenizer.Plain(sum.Answer(recipe.Steps)));
        int[] tokens = [.. prompt, .. answer, tokenizer.End];
        return new TextDocument($"{place} ({sum.Prompt})", tokens, [.. tokens.Select((_, i) => i >= prompt.Length)]) { Group = group }
            .Checked(recipe.ContextLength);
    }
}
