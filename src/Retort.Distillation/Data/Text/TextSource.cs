using Retort.Data.Traces;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>Rows of a file, cut into parts by the seed, as tokens.</summary>
internal static class TextSource
{
    private const int ShareOfTest = 10, DisturbedTexts = 200;

    /// <param name="recipe">File, sizes, context.</param>
    /// <param name="recipeFolder">Relative paths are looked for there too.</param>
    /// <param name="teacherFolder">Whose tokenizer is used where the recipe names none; null = one is learnt.</param>
    /// <param name="seed">Which row is in which part.</param>
    public static TextData Read(DataRecipe recipe, string recipeFolder, string? teacherFolder, Seed seed)
    {
        var path = DataPath.Find(recipe.Path, recipeFolder)[0];
        var rows = TextRow.Read(path).ToList();
        var order = BatchOrder.Permutation(Enumerable.Range(0, rows.Count).ToArray(), seed, 0);
        var test = recipe.Test > 0 ? recipe.Test : Math.Max(1, rows.Count / ShareOfTest);
        var validation = recipe.Validation > 0 ? recipe.Validation : Math.Max(1, rows.Count / ShareOfTest);
        if ((long)test + validation + Math.Max(1, recipe.Train) > rows.Count)
            throw new RetortException(path, $"has {rows.Count} rows for train {recipe.Train}, validation {validation} and test {test}.",
                $"at most {rows.Count} together.", "lower data.train, data.validation or data.test.");
        var train = recipe.Train > 0 ? recipe.Train : rows.Count - test - validation;
        var tested = order[..test];
        var leaks = new PartLeaks(recipe.Leaks, path, row => rows[row].Place, row => rows[row].Asked is { } asked
            ? string.Join('\n', asked.Turns.Select(turn => turn.Content)) : string.Join('\n', rows[row].Texts));
        var (training, held) = leaks.Kept([.. order[(test + validation)..(test + validation + train)].Order()],
            order[test..(test + validation)], tested);
        var tokenizer = recipe.Tokenizer.Length > 0 ? TextTokenizer.Open(DataPath.FindFolder(recipe.Tokenizer, recipeFolder))
            : teacherFolder is not null ? TextTokenizer.Open(teacherFolder)
            : TextTokenizer.Trained(training.SelectMany(row => rows[row].Texts), recipe.Vocabulary);
        TextEncoder Encoder() => new(tokenizer, recipe.ContextLength, recipe.TooLong == "cut", TimeProvider.System);
        var encoder = Encoder();
        var asks = rows.All(row => row.Asked is not null);
        IReadOnlyList<TextPrompt> Prompts(IEnumerable<int> chosen) => asks ? [.. chosen.Order().Select(row => rows[row].Asked!)] : [];
        TextPart Part(IEnumerable<int> chosen) => new([.. chosen.Order().Select(row => encoder.Encode(rows[row]))], []);
        var data = new TextData(Part(training), Part(held), Part(tested), tokenizer,
            recipe.ContextLength)
        {
            Check = AnswerCheckOf.Recipe(recipe, recipeFolder),
            PromptsOfTrain = Prompts(training),
            PromptsOfValidation = Prompts(held),
            PromptsOfTest = Prompts(tested),
            Worse = (worse, own) => [.. tested.Order().Take(DisturbedTexts).Select(row => Encoder().TryEncode(
                rows[row].Worse(text => worse(text, own.Derive((ulong)row))))).OfType<TextDocument>()],
        };
        return data with
        {
            Warnings = [.. leaks.Warnings, .. encoder.Cut == 0 ? Array.Empty<string>()
                : [$"{encoder.Cut} of the {training.Length + held.Length + test} texts are longer than data.contextLength, {recipe.ContextLength}: what is beyond was cut off."]],
        };
    }
}
