using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

public sealed class GraphCheckTests
{
    private const string Cora = """
        name: nodes
        data: {source: graph, path: graph/cora}
        teacher:
          source: train
          model: {kind: gat, hidden: [16], heads: 4}
        student:
          model: {kind: mlp, hidden: [8]}
        export: [safetensors]

        """;

    private static IReadOnlyList<string> Check(params string[] overrides) =>
        RecipeCheck.Check(RecipeReader.Read(Cora, "n.yaml", overrides), "n.yaml");

    [Fact]
    public void AGraphTeacherOfAPlainStudentIsFine() => Check();

    [Fact]
    public void WhatIsWrittenIsReadAgain()
    {
        var recipe = RecipeReader.Read(Cora, "n.yaml", ["data.hidden=0.2"]);
        Assert.Equal(RecipeWriter.Write(recipe), RecipeWriter.Write(RecipeReader.Read(RecipeWriter.Write(recipe), "n.yaml")));
        Assert.Contains("heads: 4", RecipeWriter.Write(recipe), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels.kind=live", "teacher.members[0].model is a gat, but labels.kind is live.")]
    [InlineData("labels.kind=hard", "teacher.members[0].model is a gat, but labels.kind is hard.")]
    [InlineData("teacher.training.augmentNoise=0.1", "teacher.members[0].model is a gat, but a key changes single examples.")]
    [InlineData("student.model.kind=gcn ; export=[onnx]", "student.model is a gcn, but export names onnx.")]
    [InlineData("student.objective=[{name: local-structure, features: {student: hidden.0, teacher: hidden.0}}]",
        "objective 'local-structure' compares neighbours, and the student is a mlp.")]
    [InlineData("data.source=idx", "teacher.members[0].model is a gat, but data.source idx has no neighbours.")]
    public void WhatDoesNotFit(string overrides, string message) =>
        Assert.Contains(message, Texts.ErrorOf(() => Check(overrides.Split(" ; "))), StringComparison.Ordinal);

    [Theory]
    [InlineData("data.train=100", "data.train does not belong to source graph.")]
    [InlineData("teacher.model.heads=5", "teacher.model.heads is 5.\n  widths in hidden that are multiples of it.")]
    [InlineData("teacher.model.kind=gcn", "teacher.model.heads is 4.\n  heads belong to gat.")]
    [InlineData("data.path=", "data.source graph needs the key 'data.path'.")]
    public void WhatCannotBeRead(string change, string message) =>
        Assert.Contains(message, Texts.ErrorOf(() => RecipeReader.Read(Cora, "n.yaml", [change])), StringComparison.Ordinal);

    [Fact]
    public void OtherSourcesHideNothing() => Assert.Contains("data.hidden does not belong to source digits.",
        Texts.ErrorOf(() => Texts.Read("data.hidden=0.2")), StringComparison.Ordinal);
}
