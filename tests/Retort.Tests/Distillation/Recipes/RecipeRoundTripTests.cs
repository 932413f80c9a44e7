using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

public sealed class RecipeRoundTripTests
{
    public static TheoryData<string> Shipped => [.. Catalog.ShippedNames];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void AShippedRecipeIsReadCheckedAndWritten(string name)
    {
        var recipe = RecipeReader.Read(Catalog.ReadShipped(name).Text, name + ".yaml");
        Assert.Equal(name, recipe.Name);
        RecipeCheck.Check(recipe, name + ".yaml");
        AssertSame(recipe);
    }

    [Theory]
    [InlineData("student.objective.0.temperature={kind: cosine, from: 8, to: 1.5}")]
    [InlineData("description=\"two: # lines\\n and a \\\"quote\\\" · 'x'\"")]
    [InlineData("description=\"true\"")]
    [InlineData("export=[]")]
    [InlineData("gate={minKept: 0.98, maxBytes: 100000}")]
    [InlineData("labels={kind: top-k, keep: 5%}")]
    [InlineData("labels={kind: top-k, keep: 3}")]
    [InlineData("student.objective=[{name: jensen-shannon, softWeight: 2, teacherWeight: 0.1}, {name: logit-regression}]")]
    [InlineData("student.objective=[{name: decoupled-knowledge, otherWeight: 0.5, softWeight: {from: 0, to: 1}}, {name: soft-label, tail: ignore}]")]
    [InlineData("student.objective=[{name: hint, features: {student: hidden.0, teacher: blocks.0}}, {name: attention-transfer, features: [{student: blocks.0, teacher: blocks.0.norm}]}]")]
    [InlineData("student.objective=[{name: soft-label, softWeight: {kind: switch, from: 1, to: 0, until: 0.7}, temperature: {kind: exponential, from: 8, to: 1, until: 0.5}}]")]
    [InlineData("student.assistants=[{kind: mlp, hidden: [16]}, {kind: conv-net, channels: [2]}]")]
    [InlineData("teacher={source: own-average, decay: 0.99}")]
    [InlineData("teacher.snapshots=4")]
    [InlineData("student.initial={layers: [0]}")]
    [InlineData("student.initial={energy: 0.9}")]
    [InlineData("student.model={kind: mlp, hidden: [8], ranks: [4]}")]
    [InlineData("student.model={kind: conv-net, channels: [8, 9], ranks: [4, 0, 2]}")]
    [InlineData("student.training.prune={sparsity: 0.9, until: 0.5}")]
    [InlineData("teacher={members: [{source: peer}, {source: peer, model: {kind: mlp}}]}")]
    [InlineData("teacher={source: onnx, path: a/b.onnx, inputScale: 255}")]
    [InlineData("student.model={kind: onnx, path: a/b.onnx}")]
    [InlineData("student.training.mixup=true")]
    [InlineData("baseline={learningRates: [1e-05, 0.1], halfSteps: false}")]
    [InlineData("teacher={average: logits, members: [{source: checkpoint, path: a b/c, weight: 0.5}, {source: train, model: {kind: mlp}}]}")]
    [InlineData("data={source: csv, path: t.csv, target: 'a b', slice: '1', transferClasses: [1, 0], transferShare: 0.25}")]
    [InlineData("seed=9007199254740991")]
    public void WhatIsWrittenReadsTheSame(string change) => AssertSame(Texts.Read(change));

    [Fact]
    public void DefaultsAreWrittenWithTheirReasons()
    {
        var text = RecipeWriter.Write(Texts.Read());
        Assert.Contains("    batchSize: 128  # default: fills the vector units, still some noise\n", text, StringComparison.Ordinal);
        Assert.Contains("    - name: soft-label\n      softWeight: 0.9\n      temperature: 4\n", text, StringComparison.Ordinal);
        Assert.Contains("  learningRates: [0.01, 0.03, 0.0033]\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheHashFollowsTheMeaning()
    {
        var hash = RecipeWriter.Hash(Texts.Read());
        Assert.Equal(hash, RecipeWriter.Hash(RecipeReader.Read("# a comment\n" + Texts.Small, "other.yaml")));
        Assert.Equal(hash, RecipeWriter.Hash(Texts.Read("labels.kind=soft")));
        Assert.NotEqual(hash, RecipeWriter.Hash(Texts.Read("seed=2")));
    }

    [Fact]
    public void AnOverrideReachesAnInlineTeacherAndAMember()
    {
        Assert.Equal(7, Texts.Read("teacher.training.epochs=7").Teacher.Members[0].Training!.Epochs);
        var resolved = RecipeWriter.Write(Texts.Read());
        Assert.Equal(7, RecipeReader.Read(resolved, "recipe.yaml", ["teacher.training.epochs=7"]).Teacher.Members[0].Training!.Epochs);
        Assert.Equal(2,
            RecipeReader.Read(resolved, "recipe.yaml", ["student.objective.0.temperature=2"]).Student.Objective[0].Temperature.From);
    }

    private static void AssertSame(Recipe recipe)
    {
        var text = RecipeWriter.Write(recipe);
        var again = RecipeReader.Read(text, "recipe.yaml");
        Assert.Equal(text, RecipeWriter.Write(again));
        Assert.Equal(RecipeWriter.Hash(recipe), RecipeWriter.Hash(again));
        Assert.Equal(recipe.Student.Training, again.Student.Training);
        Assert.Equal(recipe.Student.Objective, again.Student.Objective);
        Assert.Equal(recipe.Baseline.Training, again.Baseline.Training);
        Assert.Equal(recipe.Labels, again.Labels);
        Assert.Equal(recipe.Gate, again.Gate);
        Assert.Equal(recipe.Description, again.Description);
        Assert.Equal(recipe.Export, again.Export);
        Assert.Equal(recipe.Data.TransferClasses, again.Data.TransferClasses);
    }
}
