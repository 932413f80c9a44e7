using Retort.Data.Tables;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data.Synthetic;

/// <summary>Adds synthetic rows to a training part.</summary>
internal static class SyntheticRows
{
    private static ReadOnlySpan<int> MixtureSizes => [5, 10, 20, 40, 80];

    /// <param name="train">Rows of a table.</param>
    /// <param name="recipe">Which, and how many.</param>
    /// <param name="seed">Of the draws.</param>
    /// <returns>The training rows, then the synthetic ones.</returns>
    public static Dataset Added(Dataset train, TransferRecipe recipe, Seed seed)
    {
        var layout = train.Layout ?? throw new RetortException("data.transfer", "these data are no table.", "data.source csv.");
        var real = layout.Decode(train.Features);
        MixedRows drawn = recipe.Kind switch
        {
            "munge" => new Munge(recipe.SwapProbability!.Value, recipe.Spread!.Value).Draw(real, recipe.Rows, seed),
            "random" => RandomRows.Draw(real, recipe.Rows, seed),
            _ => NaiveBayesEstimation.Fit(real, MixtureSizes.ToArray(), seed.Derive("fit")).Draw(real.Columns, recipe.Rows, seed),
        };
        var slices = train.Slices is null ? null : (int[])[.. train.Slices, .. new int[recipe.Rows]];
        return DatasetReader.Create([.. train.Features, .. layout.Encode(drawn)], [.. train.Labels, .. new int[recipe.Rows]],
            train.ExampleShape, train.ClassNames, slices, train.SliceNames, layout, recipe.Rows,
            train.Numbers is { } numbers ? numbers with { Values = [.. numbers.Values, .. new float[recipe.Rows]] } : null);
    }
}
