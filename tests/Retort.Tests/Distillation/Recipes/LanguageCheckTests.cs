using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

public sealed class LanguageCheckTests
{
    private const string Sums = """
        name: sums
        data: {source: arithmetic}
        teacher:
          source: train
          model: {kind: gpt, width: 16, layers: 1, heads: 2}
        student:
          model: {kind: gpt, width: 8, layers: 1, keyValueHeads: 1, heads: 2, tiedHead: true}

        """;

    private static IReadOnlyList<string> Check(params string[] overrides) =>
        RecipeCheck.Check(RecipeReader.Read(Sums, "s.yaml", overrides), "s.yaml");

    [Theory]
    [InlineData("labels.kind=live", "KL(p_teacher ‖ p_student), T = 1")]
    [InlineData("labels.kind=hard", "y = the next token of the data's text")]
    [InlineData("labels.kind=text", "y = the next token of the teacher's answer")]
    public void EachKindOfLabelsHasItsUsualObjective(string kind, string formula)
    {
        Check(kind);
        var recipe = RecipeReader.Read(Sums, "s.yaml", [kind]);
        Assert.Contains(formula, ObjectiveFormula.Describe(recipe), StringComparison.Ordinal);
        Assert.Contains("mean over the tokens that are to be said", ObjectiveFormula.Describe(recipe), StringComparison.Ordinal);
        var written = RecipeWriter.Write(recipe);
        Assert.Equal(written, RecipeWriter.Write(RecipeReader.Read(written, "s.yaml")));
        Assert.Equal(["safetensors", "gguf"], recipe.Export);
    }

    [Fact]
    public void ATeacherMayReadItsOwnAnswersAlong() =>
        Check("labels.kind=text", "student.objective=[{name: soft-label}, {name: hard-label, hardWeight: 0.1}]");

    [Theory]
    [InlineData("student.model={kind: mlp}", "student.model is of kind mlp, and data.source is arithmetic.\n  a model of texts.\n  use kind: gpt.")]
    [InlineData("data.source=digits", "teacher.members[0].model is of kind gpt, and data.source is digits.")]
    [InlineData("labels.kind=soft", "labels.kind is soft, and data.source is arithmetic.\n  one of: live, hard, text.")]
    [InlineData("export=[onnx]", "export names onnx, and the student is a gpt.")]
    [InlineData("data.prompts=10", "data.prompts is 10, and labels.kind is live.")]
    [InlineData("data.testTerms=3", "data.testTerms is 3, below data.terms, 4.")]
    [InlineData("student.training.mixup=true", "student.training moves examples of numbers")]
    [InlineData("data.source=digits ; student.model={kind: mlp, hidden: [8]} ; teacher.model={kind: mlp, hidden: [8]} ; student.training.recomputeBlocks=true",
        "student.training.recomputeBlocks is true, and data.source is digits.\n  a model of kind gpt, which has blocks.")]
    [InlineData("student.initial={layers: [0]}", "student.initial stands beside data.source arithmetic.")]
    [InlineData("teacher.snapshots=2", "1 teacher(s), the first of source train, and texts.")]
    [InlineData("labels.kind=hard ; student.objective=[{name: soft-label}]", "objective 'soft-label' needs TopLogits or DenseLogits.")]
    [InlineData("student.objective=[{name: hint, features: {student: norm, teacher: norm}}]", "objective 'hint' does not know what a text is.")]
    public void WhatDoesNotFit(string overrides, string message) =>
        Assert.Contains(message, Texts.ErrorOf(() => Check(overrides.Split(" ; "))), StringComparison.Ordinal);

    [Theory]
    [InlineData("student.model.heads=3", "student.model has width 8 and 3 heads.")]
    [InlineData("student.model.keyValueHeads=3", "student.model has 2 heads on 3 of keys and values.")]
    [InlineData("student.model.dropout=0.1", "student.model.dropout does not belong to kind gpt.")]
    [InlineData("student.model={kind: gpt, width: 8}", "the key 'student.model.layers' is missing.")]
    [InlineData("student.model={kind: mlp, width: 8}", "student.model.width does not belong to kind mlp.")]
    [InlineData("student.model.hidden=[8, 8]", "student.model.hidden has 2 numbers.")]
    [InlineData("data.labelled=0.5", "data.labelled does not belong to source arithmetic.")]
    [InlineData("data.vocabulary=300", "data.vocabulary does not belong to source arithmetic.")]
    [InlineData("data.source=text", "data.source text needs the key 'data.path'.\n  expected a .jsonl or .txt file")]
    [InlineData("labels={kind: live, answers: {temperature: 1}}", "labels.answers stands beside labels.kind live.")]
    public void WhatCannotBeRead(string change, string message) =>
        Assert.Contains(message, Texts.ErrorOf(() => RecipeReader.Read(Sums, "s.yaml", [change])), StringComparison.Ordinal);
}
