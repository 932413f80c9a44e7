using Retort.Data.Synthetic;
using Retort.Formats.Csv;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data;

/// <summary>A table that is drawn here: ten columns x1 … x10 and the number y that <see cref="Friedman"/> makes of them.</summary>
internal static class FriedmanSource
{
    private const int UsualTrain = 1000, UsualValidation = 500, UsualTest = 2000, MostRows = 10_000_000;

    /// <exception cref="RetortException">More rows than fit in memory.</exception>
    public static DataSplits Read(DataRecipe recipe, Seed seed)
    {
        recipe = recipe with
        {
            Target = "y",
            Train = Or(recipe.Train, UsualTrain),
            Validation = Or(recipe.Validation, UsualValidation),
            Test = Or(recipe.Test, UsualTest),
        };
        var wanted = (long)recipe.Train + recipe.Validation + recipe.Test;
        if (wanted > MostRows)
            throw new RetortException("data", $"train {recipe.Train} + validation {recipe.Validation} + test {recipe.Test} are {wanted} rows.",
                $"at most {MostRows} of source friedman.", "lower data.train, data.validation or data.test.");
        var rows = (int)wanted;
        var columns = new float[Friedman.Inputs + 1][];
        for (var i = 0; i < columns.Length; i++) columns[i] = new float[rows];
        Span<double> inputs = stackalloc double[Friedman.Inputs];
        for (var row = 0; row < rows; row++)
        {
            columns[^1][row] = (float)Friedman.Draw(seed.Derive("friedman"), row, inputs);
            for (var i = 0; i < inputs.Length; i++) columns[i][row] = (float)inputs[i];
        }
        var table = new CsvTable([.. columns.Select((numbers, i) => new CsvColumn
        {
            Name = i < Friedman.Inputs ? $"x{i + 1}" : recipe.Target, Kind = CsvColumnKind.Numeric, Numbers = numbers,
        })], rows);
        return CsvSource.Split(table, recipe, "friedman", seed.Derive("split"));
    }

    private static int Or(int wanted, int usual) => wanted > 0 ? wanted : usual;
}
