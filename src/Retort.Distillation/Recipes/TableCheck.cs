using Retort.Objectives;
using Retort.Tensors;

namespace Retort.Recipes;

/// <summary>What an ensemble and synthetic rows demand of the rest of a recipe.</summary>
internal static class TableCheck
{
    /// <exception cref="RetortException">The recipe cannot work.</exception>
    public static void Check(Recipe recipe, string fileName)
    {
        if (recipe.Teacher.Members.Any(member => member.Source == "ensemble")) CheckEnsemble(recipe, fileName);
        if (recipe.Data.Transfer is { } transfer) CheckTransfer(recipe, transfer, fileName);
    }

    private static void CheckEnsemble(Recipe recipe, string fileName)
    {
        if (!recipe.Data.IsTable)
            throw new RetortException(fileName, $"teacher.source is ensemble, but data.source is {recipe.Data.Source}.",
                "its trees and neighbours need a table's columns.", "use source: csv, or source: train.");
        if (recipe.Labels.Kind == "live")
            throw new RetortException(fileName, "teacher.source is ensemble, but labels.kind is live.",
                "an ensemble is too slow to answer inside the loop.", "write labels: {kind: soft}.");
        if (recipe.Student.Objective.FirstOrDefault(term => Catalog.Objective(term.Name, fileName).Needs.HasFlag(Needs.Features)
            || Catalog.Objective(term.Name, fileName).Needs.HasFlag(Needs.EachTeacher)) is { } inside)
            throw new RetortException(fileName, $"teacher.source is ensemble beside '{inside.Name}'.",
                "an ensemble gives answers, and no hidden values.", "use objectives on answers.");
    }

    private static void CheckTransfer(Recipe recipe, TransferRecipe transfer, string fileName)
    {
        if (recipe.Labels.Kind == "live" && transfer.Relabel == "synthetic")
            throw new RetortException(fileName, "data.transfer.relabel is synthetic, but labels.kind is live.",
                "classes of training rows are kept in the label store.", "write labels: {kind: soft}, or relabel: all.");
        if (recipe.Labels.Kind != "hard"
            && recipe.Student.Objective.FirstOrDefault(term => Catalog.Objective(term.Name, fileName) is { } known
                && (known.UsesClass || known.Needs == Needs.HardLabels)) is { } reader)
            throw new RetortException(fileName, $"data.transfer is written, but '{reader.Name}' reads the true {(recipe.Data.IsRegression ? "number" : "class")}.",
                "a synthetic row has none.", recipe.Data.IsRegression ? "use logit-regression alone." : "use soft-label alone, or labels: {kind: hard}.");
    }
}
