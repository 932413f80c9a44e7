using Retort.Data.Tables;
using Retort.Formats.Csv;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data;

/// <summary>
/// A table: numeric columns standardised by the training rows, missing numbers become the mean and set an indicator column,
/// nominal columns become one column a category; a word that no training row has counts as missing. Rows are split by the seed,
/// stratified by class.
/// </summary>
internal static class CsvSource
{
    public static DataSplits Read(DataRecipe recipe, string recipeFolder, Seed seed)
    {
        var path = DataPath.Find(recipe.Path, recipeFolder)[0];
        var table = CsvReader.Read(path);
        var target = Column(table, path, recipe.Target, "data.target");
        var slice = recipe.Slice.Length > 0 ? Column(table, path, recipe.Slice, "data.slice") : null;
        if (slice is { Kind: CsvColumnKind.Numeric })
            throw new RetortException(path, $"the slice column '{slice.Name}' is numeric.", "expected words, such as a group's name.",
                "choose another data.slice.");
        var sliceNames = slice is null ? [] : slice.Codes.Contains(-1) ? [.. slice.Categories, "(missing)"] : slice.Categories;
        var (labels, classNames) = Classes(target, path);
        ClassCheck.AtLeast(3, labels, classNames, path);
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
        var features = new TableEncoding([.. table.Columns.Where(column => column != target)], trainRows, path);
        Dataset Part(int[] rows)
        {
            Array.Sort(rows);
            return DatasetReader.Create(features.Of(rows), [.. rows.Select(row => labels[row])], [features.Layout.Width], classNames,
                slice is null
                    ? null
                    : [.. rows.Select(row => slice.Codes[row] < 0 ? slice.Categories.Length : slice.Codes[row])], sliceNames,
                        features.Layout);
        }
        return new DataSplits(Part(trainRows), Part(validationRows), Part(testRows));
    }

    private static CsvColumn Column(CsvTable table, string path, string name, string key) =>
        table.Columns.FirstOrDefault(column => column.Name == name)
        ?? throw new RetortException(path, $"has no column '{name}' ({key}).",
            $"one of {string.Join(", ", table.Columns.Select(column => column.Name).Take(12))}.", $"set {key}.");

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
