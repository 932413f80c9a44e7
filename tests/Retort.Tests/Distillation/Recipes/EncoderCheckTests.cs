using Retort.Recipes;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

public sealed class EncoderCheckTests
{
    private const string Intents = """
        name: intents
        data: {source: text-classes, path: a.jsonl, corpora: [b.txt]}
        pretraining: {objective: [{name: soft-label, softWeight: 5, temperature: 2}, {name: hard-label}]}
        teacher:
          source: train
          model: {kind: bert, width: 16, layers: 2, heads: 2}
        student:
          model: {kind: bert, width: 8, layers: 1, heads: 2}

        """;

    private static IReadOnlyList<string> Check(params string[] overrides) =>
        RecipeCheck.Check(RecipeReader.Read(Intents, "i.yaml", overrides), "i.yaml");

    [Fact]
    public void TheResolvedRecipeIsTheSame()
    {
        Check();
        var recipe = RecipeReader.Read(Intents, "i.yaml");
        var written = RecipeWriter.Write(recipe);
        Assert.Equal(written, RecipeWriter.Write(RecipeReader.Read(written, "i.yaml")));
        Assert.EndsWith("mean over examples; and before that L = 5·T²·KL(p_teacher^T ‖ p_student^T) + CE(y, p_student), T = 2, "
            + "y = the token under the mask; mean over masked tokens", ObjectiveFormula.Describe(recipe), StringComparison.Ordinal);
        Assert.Equal(["safetensors", "onnx"], recipe.Export);
    }

    [Theory]
    [InlineData("student.model={kind: mlp}", "student.model is of kind mlp, and data.source is text-classes.\n  a classifier of texts.\n  use kind: bert, or hashed-n-grams.")]
    [InlineData("data={source: digits}", "teacher.members[0].model is of kind bert, and data.source is digits.\n  a model of numbers.")]
    [InlineData("student.training.augmentNoise=1", "student.training moves examples of numbers")]
    [InlineData("data.corpora=[]", "pretraining has no texts.")]
    [InlineData("pretraining.objective=[{name: relational-angle, features: [{student: layer.7, teacher: layer.1}]}]", "has no tap 'layer.7'")]
    [InlineData("pretraining.objective=[{name: supervision-transfer}]", "pretraining.objective")]
    [InlineData("student.model={kind: bert, width: 9, layers: 1, heads: 2}", "has width 9 and 2 heads")]
    [InlineData("student.model={kind: bert, width: 8, layers: 1, exits: true}", "student.model.exits does not belong to kind bert.")]
    [InlineData("student.model={kind: bert, width: 8, layers: 1, hidden: [8, 8]}", "student.model.hidden has 2 numbers.")]
    [InlineData("student.model={kind: bert, width: 8}", "the key 'student.model.layers' is missing.")]
    [InlineData("student.model={kind: bert, width: 8, layers: 1, embedding: -1}", "student.model.embedding is '-1'.")]
    [InlineData("student.model={kind: mlp, embedding: 4}", "student.model.embedding does not belong to kind mlp.\n  embedding belongs to bert.")]
    [InlineData("student.model={kind: gpt, width: 8, layers: 1, embedding: 4}", "student.model.embedding does not belong to kind gpt.")]
    [InlineData("student.objective=[{name: cosine-embedding, features: [{student: sentense, teacher: sentence}]}]",
        "the student (bert) has no tap 'sentense'.")]
    [InlineData("student.objective=[{name: cosine-embedding, features: [{student: sentense, teacher: sentence}]}]", "did you mean 'sentence'?")]
    [InlineData("student.objective=[{name: cosine-embedding, features: [{student: sentence, teacher: layer.1}]}]",
        "one is a vector a text, the other one a token.\n  'sentence' on both sides, or places: first or mean.")]
    [InlineData("student.objective=[{name: relational-distance, features: [{student: layer.0, teacher: sentence}]}]",
        "one is a vector a text, the other one a token.\n  'sentence' on both sides.")]
    [InlineData("student.initial={layers: [2]}", "layers[0] is 2.")]
    [InlineData("student.initial={energy: 0.5}", "student.initial.energy belongs to mlp and conv-net.")]
    [InlineData("student.examples={source: noise}", "student.examples stands beside data.source text-classes.")]
    [InlineData("evaluation.attack={radius: 1, stepSize: 1}", "evaluation.attack stands beside data.source text-classes.")]
    [InlineData("pretraining.masked=1", "pretraining.masked is '1'.")]
    public void WhatDoesNotFitTexts(string setting, string message) =>
        Assert.Contains(message, Assert.Throws<RetortException>(() => Check(setting)).Message, StringComparison.Ordinal);

    /// <summary>A layer that nobody teaches stays as it is drawn: that is said.</summary>
    [Fact]
    public void AnEmbeddingIsWrittenOutAndWantsAnObjective()
    {
        const string model = "student.model={kind: bert, width: 8, layers: 1, heads: 2, embedding: 16}";
        Assert.Contains(Check(model), warning => warning.StartsWith("student.model.embedding is 16, and no objective", StringComparison.Ordinal));
        string[] settings = [model,
            "student.objective=[{name: cosine-embedding, places: mean, features: [{student: sentence, teacher: layer.1}]}]"];
        Assert.DoesNotContain(Check(settings), warning => warning.Contains("embedding", StringComparison.Ordinal));
        var recipe = RecipeReader.Read(Intents, "i.yaml", settings);
        Assert.Equal(16, recipe.Student.Model.Embedding);
        Assert.True(recipe.Student.ComparesSentences);
        var written = RecipeWriter.Write(recipe);
        Assert.Contains("    embedding: 16\n", written, StringComparison.Ordinal);
        Assert.Contains("embedding: 0  # default: ", written, StringComparison.Ordinal);
        Assert.Equal(written, RecipeWriter.Write(RecipeReader.Read(written, "i.yaml")));
    }

    [Fact]
    public void AnOutsideBelongsToTexts() => Assert.Contains("data.outside does not belong to source digits.",
        Assert.Throws<RetortException>(() => RecipeReader.Read(Intents, "i.yaml", ["data={source: digits, outside: x}"])).Message,
        StringComparison.Ordinal);
}
