using Retort.Comparisons;
using Retort.Recipes;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

/// <summary>A number in place of classes, and what does not go with it.</summary>
public sealed class RegressionCheckTests
{
    private const string Text = """
        name: r
        data: { source: csv, path: t.csv, task: regression, target: price }
        teacher: { source: train, model: { kind: mlp, hidden: [32] } }
        student:
          model: { kind: mlp, hidden: [8] }

        """;

    [Fact]
    public void DefaultsAreWrittenOutAndRead()
    {
        var recipe = Read();
        Assert.True(recipe.Data.IsRegression);
        Assert.Equal(["logit-regression", "true-value"], recipe.Student.Objective.Select(term => term.Name));
        Assert.Equal("L = 0.9·mean((z_student − z_teacher)²) + 0.1·mean((z_student − y)²), "
            + "y = the true price, less its mean, by its deviation; mean over examples", ObjectiveFormula.Describe(recipe));
        Assert.Equal(RecipeWriter.Write(recipe), RecipeWriter.Write(RecipeReader.Read(RecipeWriter.Write(recipe), "again.yaml")));
        Assert.Single(RecipeCheck.Check(recipe, "r.yaml"));
        Assert.Equal(["logit-regression"], Read("data.transfer={kind: munge}").Student.Objective.Select(term => term.Name));
    }

    [Theory]
    [InlineData("data.task=regresion", "data.task is 'regresion'.\n  expected one of: classification, regression.\n  did you mean 'regression'?")]
    [InlineData("data.task=classification",
        "objective 'true-value' reads a number, but data.task is classification.\n  a target that is a number, and data.task regression.")]
    [InlineData("student.objective=[{name: soft-label}]",
        "objective 'soft-label' reads classes, but data.task is regression.\n  an objective on numbers: true-value, logit-regression, or one on hidden values.\n  use logit-regression.")]
    [InlineData("student.objective=[{name: hard-label}]", "objective 'hard-label' reads classes")]
    [InlineData("student.objective=[{name: centred-logits}]", "objective 'centred-logits' reads classes")]
    [InlineData("labels={kind: top-k, keep: 3}", "labels.kind is top-k.\n  a number has no classes to choose from.\n  write labels: {kind: soft}.")]
    [InlineData("labels={kind: hard}", "labels.kind is hard.")]
    [InlineData("data.transferClasses=[0]", "data.transferClasses is written.\n  there are no classes.")]
    [InlineData("data.slice=g", "data.slice is written.\n  slices are compared by accuracy.")]
    [InlineData("gate={minKept: 0.9}", "gate.minKept is written.")]
    [InlineData("gate={minAgreement: 0.9}", "gate.minAgreement is written.")]
    [InlineData("gate={minGain: 0}", "gate.minGain is written.")]
    [InlineData("gate={maxEceAboveTeacher: 0}", "gate.maxEceAboveTeacher is written.")]
    [InlineData("evaluation={attack: {radius: 0.1, stepSize: 0.1}}", "evaluation.attack is written.")]
    [InlineData("student.training={labelSmoothing: 0.1}", "student.training.labelSmoothing is above 0.")]
    [InlineData("student.training={attack: {radius: 0.1, stepSize: 0.1}}", "student.training.attack is written.")]
    [InlineData("student.examples={source: noise}", "student.examples is written.")]
    [InlineData("teacher={source: peer}", "teacher.source is peer.\n  a teacher of source train, ensemble or checkpoint.")]
    [InlineData("teacher={source: onnx, path: t.onnx}", "teacher.source is onnx.")]
    [InlineData("teacher={source: ensemble, ensemble: {selectBy: log-loss}}",
        "teacher.ensemble.selectBy is log-loss.\n  root-mean-square: log-loss is of probabilities.")]
    [InlineData("teacher={members: [{source: ensemble}, {source: ensemble}]}",
        "teacher.average is probabilities.\n  the mean of the teachers' numbers.\n  write average: logits.")]
    [InlineData("student.model={kind: gcn, hidden: [8]}", "student.model is of kind gcn.\n  a model of kind mlp.")]
    [InlineData("data.transfer={kind: random}", "data.transfer is written, but 'true-value' reads the true number.\n  a synthetic row has none.\n  use logit-regression alone.")]
    public void WhatDoesNotFit(string change, string message)
    {
        string[] objective = ["student.objective=[{name: logit-regression}, {name: true-value}]"];
        Assert.Contains(message, Texts.ErrorOf(() => RecipeCheck.Check(Read([.. objective, change]), "r.yaml")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data={source: idx, path: mnist, task: regression}", "data.task does not belong to source idx.\n  task belongs to csv friedman.")]
    [InlineData("data={source: friedman, task: classification}",
        "data.task is classification, and data.source friedman draws numbers.\n  task: regression.\n  remove the key.")]
    [InlineData("data={source: friedman, target: x1}", "data.source friedman has no columns.")]
    public void WhereATaskStands(string change, string message) =>
        Assert.Contains(message, Texts.ErrorOf(() => Read(change)), StringComparison.Ordinal);

    [Fact]
    public void MethodsAreNotComparedOnIt() => Assert.Contains("r  has data.task regression.",
        Assert.Throws<RetortException>(() => MethodComparison.Check(Read(), 1)).Message, StringComparison.Ordinal);

    /// <summary>What compares hidden values alone reads no class.</summary>
    [Fact]
    public void ObjectivesOfNumbers()
    {
        string[] names = [.. Catalog.Objectives.Where(entry => entry.OfNumbers).Select(entry => entry.Name)];
        Assert.All(["true-value", "logit-regression", "hint", "relational-distance"], name => Assert.Contains(name, names));
        Assert.DoesNotContain(Catalog.Objectives, entry => entry.OfNumbers && entry.UsesTemperature);
        Assert.Equal("true-value", Assert.Single(Catalog.Objectives, entry => entry.ReadsNumber).Name);
    }

    private static Recipe Read(params string[] changes) => RecipeReader.Read(Text, "r.yaml", changes);
}
