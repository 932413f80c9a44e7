using System.Globalization;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>Chains of sums made here, parted by their prompts; the test part has longer ones than were trained on, too.</summary>
internal sealed class ArithmeticSource(DataRecipe recipe) : ITextWorld
{
    public TextTokenizer Tokenizer { get; } = TextTokenizer.OfCharacters(ChainSum.Characters);
    public IAnswerCheck Check { get; } = new ChainSumCheck();

    public static TextData Read(DataRecipe recipe, Seed seed) => DrawnTexts.Read(recipe, seed, new ArithmeticSource(recipe));

    public IReadOnlyList<string> Groups(bool ofTest) => [.. Enumerable.Range(2, Longest(ofTest) - 1)
        .Select(terms => string.Create(CultureInfo.InvariantCulture,
            $"{terms} digits{(terms > recipe.Terms ? ", longer than trained" : "")}"))];

    public DrawnText Draw(Seed part, ulong number, bool forTest)
    {
        var terms = 2 + part.Below(Longest(forTest) - 1, number);
        var sum = ChainSum.Draw(terms, part.Derive(number), recipe.Signs.Length > 0 ? recipe.Signs : ChainSum.AllSigns);
        return new DrawnText(sum.Prompt, sum.Prompt, sum.Answer(recipe.Steps), terms - 2);
    }

    private int Longest(bool forTest) => forTest ? recipe.TestTerms : recipe.Terms;
}
