using Retort.Comparisons;
using Retort.Recipes;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

/// <summary>Ensembles and synthetic rows in a recipe.</summary>
public sealed class TableRecipeTests
{
    private const string Text = """
        name: t
        data: { source: csv, path: t.csv, target: y, transfer: { kind: munge, rows: 500 } }
        teacher: { source: ensemble, ensemble: { trees: 7 } }
        student:
          model: { kind: mlp, hidden: [8] }
          objective:
            - { name: soft-label }
        """;

    [Fact]
    public void DefaultsAreWrittenOutAndRead()
    {
        var recipe = Read();
        Assert.Equal(new TransferRecipe { Kind = "munge", Rows = 500, SwapProbability = 0.2, Spread = 10 }, recipe.Data.Transfer);
        Assert.Equal(new EnsembleRecipe { Trees = 7 }, recipe.Teacher.Members[0].Ensemble);
        Assert.Equal(RecipeWriter.Write(recipe), RecipeWriter.Write(RecipeReader.Read(RecipeWriter.Write(recipe), "again.yaml")));
        Assert.EndsWith("rows: training rows and 500 munge rows, swapProbability 0.2, spread 10, relabel all: the teacher labels all of them; mean over examples",
            ObjectiveFormula.Describe(recipe), StringComparison.Ordinal);
        Assert.StartsWith("baseline: ", Assert.Single(RecipeCheck.Check(recipe, "t.yaml")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data.transfer.kind=mung", "data.transfer.kind is 'mung'.\n  expected one of: munge, random, nbe.\n  did you mean 'munge'?")]
    [InlineData("data.transfer.spread=0", "data.transfer.spread is '0'.")]
    [InlineData("data.source=idx", "data.transfer stands beside data.source idx.\n  synthetic rows are made of a table's columns.")]
    [InlineData("teacher.training.epochs=3", "teacher.training does not belong to source ensemble.\n  an ensemble is described by the key 'ensemble'.")]
    [InlineData("teacher.source=train", "teacher.ensemble does not belong to source train.\n  ensemble belongs to source: ensemble.")]
    [InlineData("labels.kind=live", "teacher.source is ensemble, but labels.kind is live.\n  an ensemble is too slow to answer inside the loop.")]
    [InlineData("student.objective.0.name=hard-label",
        "data.transfer is written, but 'hard-label' reads the true class.\n  a synthetic row has none.")]
    public void WhatDoesNotFit(string change, string message) => Assert.Contains(message,
        Texts.ErrorOf(() => RecipeCheck.Check(Read(change), "t.yaml")), StringComparison.Ordinal);

    [Fact]
    public void SpreadBelongsToMunge() => Assert.Contains("data.transfer.spread does not belong to kind nbe.",
        Texts.ErrorOf(() => Read("data.transfer.kind=nbe", "data.transfer.spread=3")), StringComparison.Ordinal);

    [Fact]
    public void MethodsAreNotComparedOnIt() => Assert.Contains("t  has an ensemble or synthetic rows.\n  a class for every row",
        Assert.Throws<RetortException>(() => MethodComparison.Check(Read(), 1)).Message, StringComparison.Ordinal);

    private static Recipe Read(params string[] changes) => RecipeReader.Read(Text, "t.yaml", changes);
}
