using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Data;

/// <summary>The rows of the training part that the student learns from.</summary>
public static class TransferSet
{
    /// <summary>Those of the rows whose class is known: what can be learnt from without a teacher.</summary>
    public static int[] Labelled(Dataset train, IEnumerable<int> rows) =>
        [.. rows.Where(row => train.Labels[row] != Dataset.Unlabelled)];

    /// <summary>Those with a class, then the synthetic ones.</summary>
    public static int[] Rows(Dataset train, DataRecipe recipe, ulong seed) =>
        [.. Real(train, recipe, seed), .. Enumerable.Range(train.Real, train.Synthetic)];

    /// <summary>Rows of the wanted classes, then the wanted share of each class, ascending.</summary>
    public static int[] Real(Dataset train, DataRecipe recipe, ulong seed)
    {
        foreach (var wanted in recipe.TransferClasses)
            if (wanted >= train.Classes)
                throw new RetortException("data.transferClasses", $"there is no class {wanted}.",
                    $"expected numbers from 0 to {train.Classes - 1}: {string.Join(", ", train.ClassNames.Take(30))}.");
        var rows = Enumerable.Range(0, train.Real)
            .Where(row => recipe.TransferClasses.Count == 0 || recipe.TransferClasses.Contains(train.Labels[row]))
            .ToArray();
        if (recipe.TransferShare < 1) rows =
            Stratified.Take(rows, train.Labels, recipe.TransferShare * rows.Length, new Seed(seed).Derive("transfer"));
        if (rows.Length == 0)
            throw new RetortException("data", "the transfer set is empty.",
                $"{train.Count} training examples, transferClasses [{string.Join(", ", recipe.TransferClasses)}], transferShare {recipe.TransferShare}.",
                "keep more classes, or a larger share.");
        return rows;
    }
}
