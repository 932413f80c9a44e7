using Retort.Data.Tables;
using Retort.Formats.Csv;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data;

/// <summary>
/// A table: numeric columns standardised by the training rows, missing numbers become the mean and set an indicator column,
/// nominal columns become one column a category; a word that no training row has counts as missing. Rows are split by the
/// seed, stratified by class where classes are predicted. A number that is predicted is standardised by the training rows too.
/// </summary>
internal static class CsvSource
{
    public static DataSplits Read(DataRecipe recipe, string recipeFolder, Seed seed)
    {
        var path = DataPath.Find(recipe.Path, recipeFolder)[0];
        return Split(CsvReader.Read(path), recipe, path, seed);
    }

    /// <param name="table">Features and target.</param>
    /// <param name="recipe">Which column is the target, and how large the parts are.</param>
    /// <param name="path">For errors.</param>
    /// <param name="seed">Which row is in which part.</param>
    public static DataSplits Split(CsvTable table, DataRecipe recipe, string path, Seed seed)
    {
        var target = Column(table, path, recipe.Target, "data.target");
        var slice = recipe.Slice.Length > 0 ? Column(table, path, recipe.Slice, "data.slice") : null;
        if (slice is { Kind: CsvColumnKind.Numeric })
            throw new RetortException(path, $"the slice column '{slice.Name}' is numeric.", "expected words, such as a group's name.",
                "choose another data.slice.");
        var sliceNames = slice is null ? [] : slice.Codes.Contains(-1) ? [.. slice.Categories, "(missing)"] : slice.Categories;
        var (labels, classNames) = recipe.IsRegression ? Numbers(target, path) : Classes(target, path);
        if (!recipe.IsRegression) ClassCheck.AtLeast(3, labels, classNames, path);
        var keep = Enumerable.Range(0, table.Rows).ToArray();
        var test = recipe.Test > 0 ? recipe.Test : table.Rows / 5;
        var validation = recipe.Validation > 0 ? recipe.Validation : table.Rows / 10;
        if ((long)test + validation + Math.Max(1, recipe.Train) > table.Rows)
            throw new RetortException(path, $"has {table.Rows} rows for train {recipe.Train}, validation {validation} and test {test}.",
                $"at most {table.Rows} together.", "lower data.train, data.validation or data.test.");
        var testRows = Stratified.Take(keep, labels, test, seed.Derive("test"));
        var rest = keep.Except(testRows).ToArray();
        var validationRows = Stratified.Take(rest, labels, validation, seed.Derive("validation"));
        var trainRows = rest.Except(validationRows).ToArray();
        if (recipe.Train > 0) trainRows = Stratified.Take(trainRows, labels, recipe.Train, seed.Derive("train"));
        var numbers = recipe.IsRegression ? Standardised(target, trainRows, path) : null;
        var features = new TableEncoding([.. table.Columns.Where(column => column != target)], trainRows, path);
        Dataset Part(int[] rows)
        {
            Array.Sort(rows);
            return DatasetReader.Create(features.Of(rows), [.. rows.Select(row => labels[row])], [features.Layout.Width], classNames,
                slice is null
                    ? null
                    : [.. rows.Select(row => slice.Codes[row] < 0 ? slice.Categories.Length : slice.Codes[row])],
                sliceNames, features.Layout, numbers: numbers?.Of(rows));
        }
        return new DataSplits(Part(trainRows), Part(validationRows), Part(testRows));
    }

    private static CsvColumn Column(CsvTable table, string path, string name, string key) =>
        table.Columns.FirstOrDefault(column => column.Name == name)
        ?? throw new RetortException(path, $"has no column '{name}' ({key}).",
            $"one of {string.Join(", ", table.Columns.Select(column => column.Name).Take(12))}.", $"set {key}.");

    /// <summary>One output, and every row in one stratum.</summary>
    private static (int[] Labels, string[] Names) Numbers(CsvColumn target, string path)
    {
        if (target.Kind == CsvColumnKind.Nominal)
            throw new RetortException(path,
                $"the target column '{target.Name}' has words, such as '{target.Categories[0]}', and data.task is regression.",
                "a number in every row.", "write data.task: classification, or choose another data.target.");
        var missing = Array.FindIndex(target.Numbers, float.IsNaN);
        if (missing >= 0) throw new RetortException(path, $"row {missing + 1} has no value in the target column '{target.Name}'.",
            "a number in every row.", "remove the row.");
        return (new int[target.Numbers.Length], [target.Name]);
    }

    private static NumberTargets Standardised(CsvColumn target, int[] trainRows, string path)
    {
        var mean = trainRows.Average(row => (double)target.Numbers[row]);
        var deviation = Math.Sqrt(trainRows.Average(row => Math.Pow(target.Numbers[row] - mean, 2)));
        if (trainRows.All(row => target.Numbers[row] == target.Numbers[trainRows[0]]))
            throw new RetortException(path,
                $"the target column '{target.Name}' is {target.Numbers[trainRows[0]]} in all {trainRows.Length} training rows.",
                "numbers that differ: a constant needs no model.", "choose another data.target.");
        var column = new TargetColumn(target.Name, mean, deviation);
        return new NumberTargets(column, [.. target.Numbers.Select(number => (float)column.Standard(number))]);
    }

    private static (int[] Labels, string[] Names) Classes(CsvColumn target, string path)
    {
        var texts = target.Kind == CsvColumnKind.Nominal
            ? [.. target.Codes.Select(code => code < 0 ? "" : target.Categories[code])]
            : target.Numbers.Select(number => float.IsNaN(number) ? "" : FormattableString.Invariant($"{number}")).ToArray();
        var missing = Array.IndexOf(texts, "");
        if (missing >= 0) throw new RetortException(path, $"row {missing + 1} has no value in the target column '{target.Name}'.",
            "a class in every row.", "remove the row.");
        var names = texts.Distinct().ToArray();
        if (target.Kind == CsvColumnKind.Numeric) Array.Sort(names, (left, right) =>
            float.Parse(left, System.Globalization.CultureInfo.InvariantCulture)
                .CompareTo(float.Parse(right, System.Globalization.CultureInfo.InvariantCulture)));
        else Array.Sort(names, StringComparer.Ordinal);
        if (names.Length is < 2 or > 10_000) throw new RetortException(path,
            $"the target column '{target.Name}' has {names.Length} different values.", "2 to 10,000 classes.",
            "choose another data.target.");
        return ([.. texts.Select(text => Array.IndexOf(names, text))], names);
    }
}
