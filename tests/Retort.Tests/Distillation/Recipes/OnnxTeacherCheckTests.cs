using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

/// <summary>What a recipe may ask of a teacher from an ONNX file.</summary>
public sealed class OnnxTeacherCheckTests
{
    private const string Teacher = "teacher={source: onnx, path: m.onnx}";

    [Theory]
    [InlineData("teacher={source: onnx}", "has the path ''")]
    [InlineData("teacher={source: onnx, path: m.bin}", "ends in .onnx or .onnx.gz")]
    [InlineData("teacher={source: onnx, path: m.onnx, model: {kind: mlp}}", "an .onnx file is a model")]
    [InlineData("teacher={source: checkpoint, path: m, inputScale: 2}", "inputScale belongs to source: onnx")]
    public void KeysThatDoNotBelongAreRefused(string change, string told) =>
        Assert.Contains(told, Texts.ErrorOf(() => Texts.Read(change)), StringComparison.Ordinal);

    [Theory]
    [InlineData("dafl")]
    [InlineData("zskt")]
    public void NoGradientFlowsThroughItToAGenerator(string source) => Assert.Contains($"student.examples.source is {source}",
        Texts.ErrorOf(() => RecipeCheck.Check(Texts.Read(Teacher, "labels={kind: live}", "student.objective=[{name: soft-label}]",
            $"student.examples={{source: {source}}}"), "small.yaml")), StringComparison.Ordinal);

    [Theory]
    [InlineData("labels={kind: soft}")]
    [InlineData("labels={kind: live}", "student.training.augmentNoise=0.1", "student.objective=[{name: soft-label}]")]
    [InlineData("labels={kind: live}", "student.objective=[{name: soft-label}]", "student.examples={source: noise}")]
    [InlineData("student.objective=[{name: hard-label}, {name: hint, features: {student: hidden.0, teacher: any}}]")]
    public void AnswersAndHiddenValuesAreWelcome(params string[] changes) =>
        RecipeCheck.Check(Texts.Read([Teacher, .. changes]), "small.yaml");
}
