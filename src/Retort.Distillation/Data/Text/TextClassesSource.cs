using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data.Text;

/// <summary>
/// Texts with a class each, as rows of token numbers. Where the file says which row is in which part, that counts; else the seed cuts it,
/// each class in proportion; rows without a class are for training, and only a teacher can label them. Rows of a class that is outside
/// are in no part: whether models are less sure of them is measured.
/// </summary>
internal static class TextClassesSource
{
    private const int ShareOfPart = 10;

    /// <param name="recipe">File, sizes, context.</param>
    /// <param name="recipeFolder">Relative paths are looked for there too.</param>
    /// <param name="teacherFolder">Whose tokenizer is used where the recipe names none; null = one is learnt.</param>
    /// <param name="seed">Which row is in which part.</param>
    /// <exception cref="RetortException">A row is malformed or too long, or there are too few.</exception>
    public static DataSplits Read(DataRecipe recipe, string recipeFolder, string? teacherFolder, Seed seed)
    {
        var path = DataPath.Find(recipe.Path, recipeFolder)[0];
        var all = ClassedText.Read(path);
        var rows = all.Where(row => recipe.Outside.Length == 0 || row.Label != recipe.Outside).ToList();
        var outside = all.Except(rows).Where(row => row.Part is TextPlace.Unknown or TextPlace.Test).ToList();
        if (recipe.Outside.Length > 0 && outside.Count == 0)
            throw new RetortException(path, $"no row to be tested is of class '{recipe.Outside}', which data.outside names.",
                $"one of: {string.Join(", ", all.Select(row => row.Label).Distinct().Take(8))}.", "correct the key, or remove it.");
        string[] classes = [.. rows.Where(row => row.Label.Length > 0).Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        if (classes.Length < 2)
            throw new RetortException(path, $"has rows of {classes.Length} class(es).", "two or more.", "take another file.");
        var numbers = classes.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        int LabelOf(ClassedText row) => row.Label.Length > 0 ? numbers[row.Label] : Dataset.Unlabelled;
        int[] labels = [.. rows.Select(LabelOf)];
        var (train, validation, test) = Cut(recipe, path, rows, labels, seed);
        var leaks = new PartLeaks(recipe.Leaks, path, row => rows[row].Place, row => rows[row].Text);
        (train, validation) = leaks.Kept(train, validation, test);
        var corpora = Corpus.Texts(recipe.Corpora.Select(corpus => DataPath.Find(corpus, recipeFolder)[0]));
        ITextEncoding encoding = recipe.IsHashed ? new NGramHashing(recipe.Hashed)
            : recipe.Tokenizer.Length > 0 ? EncoderTokenizer.Open(DataPath.FindFolder(recipe.Tokenizer, recipeFolder))
            : teacherFolder is not null ? EncoderTokenizer.Open(teacherFolder)
            : EncoderTokenizer.Trained([.. train.Select(row => rows[row].Text), .. corpora], recipe.Vocabulary);
        var worse = seed.Derive("disturbed"); // behind the tokenizer, which is the same for any share
        foreach (var row in recipe.Disturbed > 0 ? train : [])
            rows[row] = rows[row] with { Text = TextDisturbance.Drawn(rows[row].Text, recipe.Disturbed, worse.Derive((ulong)row)) };
        Dataset Part(IReadOnlyList<ClassedText> chosen, Func<ClassedText, int> labelOf)
        {
            var (encoded, texts) = EncodedTexts.Of(encoding, recipe.ContextLength, recipe.TooLong == "cut",
                [.. chosen.Select(row => (row.Place, row.Text))]);
            return DatasetReader.Create(encoded, [.. chosen.Select(labelOf)], [recipe.ContextLength], classes).Of(texts);
        }
        Dataset Chosen(int[] of) => Part([.. of.Select(row => rows[row])], LabelOf);
        var splits = new DataSplits(Chosen(train), Chosen(validation), Chosen(test))
        {
            Corpus = recipe.Corpora.Count == 0 ? null : Corpus.Of((EncoderTokenizer)encoding, corpora, recipe.CorpusTexts,
                train.Select(row => rows[row].Text), validation.Select(row => rows[row].Text), recipe.ContextLength, seed.Derive("corpus")),
            Outside = outside.Count == 0 ? null : Part(outside, _ => Dataset.Unlabelled),
        };
        var cut = new[] { splits.Train, splits.Validation, splits.Test }.Sum(part => part.Texts!.Cut);
        return splits with
        {
            Warnings = [.. leaks.Warnings, .. cut == 0 ? Array.Empty<string>()
                : [$"{cut} of the {train.Length + validation.Length + test.Length} texts are longer than data.contextLength, {recipe.ContextLength}: what is beyond was cut off."]],
        };
    }

    private static (int[] Train, int[] Validation, int[] Test) Cut(DataRecipe recipe, string path, List<ClassedText> rows, int[] labels,
        Seed seed)
    {
        int[] Of(TextPlace part) => [.. Enumerable.Range(0, rows.Count).Where(row => rows[row].Part == part)];
        int[] Taken(int[] from, string name, int wanted) => wanted == 0 || wanted == from.Length ? from
            : wanted > from.Length ? throw new RetortException(path, $"has {from.Length} rows for data.{name} {wanted}.",
                $"at most {from.Length}.", $"lower data.{name}.")
            : [.. BatchOrder.Permutation(Stratified.Take(from, labels, wanted, seed.Derive(name)), seed.Derive(name), 0)
                .Take(wanted).Order()];
        var unknown = Of(TextPlace.Unknown);
        int[] nameless = [.. unknown.Where(row => labels[row] == Dataset.Unlabelled)]; // a teacher labels them: they are learnt from
        unknown = [.. unknown.Except(nameless)];
        if (unknown.Length == 0)
            return (Taken(Of(TextPlace.Train), "train", recipe.Train), Taken(Of(TextPlace.Validation), "validation", recipe.Validation),
                Taken(Of(TextPlace.Test), "test", recipe.Test));
        var tenth = Math.Max(1, unknown.Length / ShareOfPart);
        var test = Taken(unknown, "test", recipe.Test > 0 ? recipe.Test : tenth);
        unknown = [.. unknown.Except(test)];
        var validation = Taken(unknown, "validation", recipe.Validation > 0 ? recipe.Validation : tenth);
        return (Taken([.. unknown.Except(validation), .. nameless], "train", recipe.Train), validation, test);
    }
}
