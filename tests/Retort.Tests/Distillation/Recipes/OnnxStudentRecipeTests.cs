using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

/// <summary>What a recipe may say of a student that begins as an ONNX file.</summary>
public sealed class OnnxStudentRecipeTests
{
    [Theory]
    [InlineData("student.model={kind: onnx}", "student.model with kind onnx has the path ''")]
    [InlineData("student.model={kind: onnx, path: m.bin}", "ends in .onnx or .onnx.gz")]
    [InlineData("student.model={kind: onnx, path: m.onnx, hidden: [3]}", "student.model.hidden does not belong to kind onnx")]
    [InlineData("student.model={kind: onnx, path: m.onnx, dropout: 0}", "student.model.dropout does not belong to kind onnx")]
    [InlineData("student.model={kind: mlp, path: m.onnx}", "student.model.path does not belong to kind mlp")]
    public void KeysThatDoNotBelongAreRefused(string change, string told) =>
        Assert.Contains(told, Texts.ErrorOf(() => Texts.Read(change)), StringComparison.Ordinal);

    [Fact]
    public void APartOfATeacherItIsNot() => Assert.Contains("a onnx is to begin as a part of a conv-net",
        Texts.ErrorOf(() => RecipeCheck.Check(Texts.Read("student.model={kind: onnx, path: m.onnx}", "student.initial={}"), "small.yaml")),
        StringComparison.Ordinal);

    /// <summary>Its values are looked at when the run opens: only the file knows them.</summary>
    [Fact]
    public void AnyHiddenValueMayBeNamed() => RecipeCheck.Check(Texts.Read("student.model={kind: onnx, path: m.onnx}",
        "student.objective=[{name: hard-label}, {name: hint, features: {student: any, teacher: blocks.0}}]"), "small.yaml");
}
