using System.Text.Json;
using Retort.Data.Conversations;
using Retort.Labels;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>
/// Prompts with a preferred answer and another, cut into parts by the seed; all pairs of a prompt are in one part. The better answers are
/// the texts to learn; pairs that do not fit into the context are left out and counted, never cut, and so are ties.
/// </summary>
internal static class PreferencesSource
{
    private const int ShareOfPart = 10, MostCharacters = 1 << 22;

    /// <param name="recipe">File, sizes, context.</param>
    /// <param name="recipeFolder">Relative paths are looked for there too.</param>
    /// <param name="teacherFolder">Whose tokenizer is used where the recipe names none; null = one is learnt.</param>
    /// <param name="seed">Which prompt is in which part.</param>
    /// <exception cref="RetortException">The file has no pairs, or a part would be empty.</exception>
    public static TextData Read(DataRecipe recipe, string recipeFolder, string? teacherFolder, Seed seed)
    {
        var path = DataPath.Find(recipe.Path, recipeFolder)[0];
        var read = ConversationReader.Open(path).Read(new ConversationCheck(MostCharacters)).ToList();
        var aside = read.Count(row => row.Aside is not null);
        var all = read.Select(row => row.Conversation).OfType<Conversation>().Where(conversation => conversation.IsPair).ToList();
        var ties = all.Count(IsTie);
        var prompts = all.Where(pair => !IsTie(pair))
            .GroupBy(pair => string.Join('\u001f', pair.Messages.Select(message => message.Role + ":" + message.Content))).ToList();
        var order = BatchOrder.Permutation([.. Enumerable.Range(0, prompts.Count)], seed, 0);
        var test = recipe.Test > 0 ? recipe.Test : Math.Max(1, prompts.Count / ShareOfPart);
        var validation = recipe.Validation > 0 ? recipe.Validation : Math.Max(1, prompts.Count / ShareOfPart);
        if ((long)test + validation + Math.Max(1, recipe.Train) > prompts.Count)
            throw new RetortException(path, $"has {prompts.Count} prompts with pairs for train {recipe.Train}, validation {validation} and test {test}.",
                "at most as many together.", "lower data.train, data.validation or data.test.");
        var train = recipe.Train > 0 ? recipe.Train : prompts.Count - test - validation;
        Conversation[] Part(int first, int count) => [.. order[first..(first + count)].Order().SelectMany(prompt => prompts[prompt])];
        var learnt = Part(test + validation, train);
        var tokenizer = recipe.Tokenizer.Length > 0 ? TextTokenizer.Open(DataPath.FindFolder(recipe.Tokenizer, recipeFolder))
            : teacherFolder is not null ? TextTokenizer.Open(teacherFolder)
            : TextTokenizer.Trained(learnt.SelectMany(pair => pair.AllMessages).Select(message => message.Content ?? ""), recipe.Vocabulary);
        var encoder = new TextEncoder(tokenizer, recipe.ContextLength, cuts: false, TimeProvider.System);
        var tooLong = 0;
        TextPair[] Pairs(IEnumerable<Conversation> conversations)
        {
            TextPair?[] pairs = [.. conversations.Select(pair => encoder.TryEncode(Row(pair, pair.Preferred!)) is { } better
                && encoder.TryEncode(Row(pair, pair.NonPreferred!)) is { } other
                && better.Tokens.Length + other.Tokens.Length <= recipe.ContextLength
                    ? new TextPair(better, other) : null)];
            tooLong += pairs.Count(pair => pair is null);
            return [.. pairs.OfType<TextPair>()];
        }
        TextPair[] taught = Pairs(learnt), held = Pairs(Part(test, validation)), tested = Pairs(Part(0, test));
        if (taught.Length == 0 || held.Length == 0 || tested.Length == 0)
            throw new RetortException(path, $"{tooLong} pairs do not fit into data.contextLength, {recipe.ContextLength}, and a part is empty.",
                "both answers with their prompts, one behind the other, in a context.", "raise data.contextLength.");
        static TextPart Better(IEnumerable<TextPair> pairs) => new([.. pairs.Select(pair => pair.Preferred)], []);
        return new TextData(Better(taught), Better(held), Better(tested), tokenizer, recipe.ContextLength)
        {
            Pairs = taught, PairsOfTest = tested,
            Warnings = [.. ties == 0 ? Array.Empty<string>() : [$"{ties} pairs are ties: nothing is learnt of them."],
                .. tooLong == 0 ? Array.Empty<string>()
                : [$"{tooLong} pairs do not fit into data.contextLength, {recipe.ContextLength}: they are left out."],
                .. aside == 0 ? Array.Empty<string>() : [$"{aside} rows of {Path.GetFileName(path)} could not be read: retort curate says which and why."]],
        };
    }

    private static bool IsTie(Conversation pair) =>
        pair.Fields.TryGetValue(PairFile.TieKey, out var tie) && tie.ValueKind == JsonValueKind.True;

    private static TextRow Row(Conversation pair, Message answer) => new(pair.Place)
    {
        Messages = [.. pair.Messages.Append(answer).Select(message => (message.Role, message.Content ?? ""))],
    };
}
