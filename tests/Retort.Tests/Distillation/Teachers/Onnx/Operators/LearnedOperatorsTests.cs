using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

/// <summary>Classic models of ai.onnx.ml.</summary>
public sealed class LearnedOperatorsTests
{
    /// <summary>x₀ ≤ 0.5 goes to leaf 1, else to leaf 2; NaN goes left.</summary>
    private static (string, object)[] Stump(string votes, long[] ids, float[] weights, params (string, object)[] more) =>
    [
        ("nodes_treeids", new long[] { 0, 0, 0 }), ("nodes_nodeids", new long[] { 0, 1, 2 }),
        ("nodes_featureids", new long[] { 0, 0, 0 }), ("nodes_values", new[] { 0.5f, 0, 0 }),
        ("nodes_modes", new[] { "BRANCH_LEQ", "LEAF", "LEAF" }), ("nodes_truenodeids", new long[] { 1, 0, 0 }),
        ("nodes_falsenodeids", new long[] { 2, 0, 0 }), ("nodes_missing_value_tracks_true", new long[] { 1, 0, 0 }),
        ($"{votes}_treeids", new long[] { 0, 0 }), ($"{votes}_nodeids", new long[] { 1, 2 }), ($"{votes}_ids", ids),
        ($"{votes}_weights", weights), .. more,
    ];

    private static readonly OnnxArray X = OnnxArray.Of([3, 1], [0f, 1, float.NaN]);

    [Fact]
    public void ATreeAnswersByItsLeaf() => Assert.Equal([12f, 15, 12],
        OneNode.Run("ai.onnx.ml:TreeEnsembleRegressor", [X], Stump("target", [0, 0], [2, 5], ("base_values", new[] { 10f }))).Floats());

    [Fact]
    public void AClassifierGivesLabelsAndScores()
    {
        var outputs = OneNode.Run(1, "ai.onnx.ml:TreeEnsembleClassifier", 2, [X],
            Stump("class", [0, 1], [1, 2], ("classlabels_int64s", new long[] { 7, 9 })));
        Assert.Equal([7f, 9, 7], outputs[0].Floats());
        Assert.Equal([1f, 0, 0, 2, 1, 0], outputs[1].Floats());
    }

    /// <summary>All votes for one of two classes: the other has the rest, or the opposite where votes have both signs.</summary>
    [Theory]
    [InlineData(0.25f, 0.75f, "NONE", new[] { 0.75f, 0.25f, 0.25f, 0.75f, 0.75f, 0.25f })]
    [InlineData(-1f, 3f, "NONE", new[] { 1f, -1, -3, 3, 1, -1 })]
    public void OneScoreStandsForTwoClasses(float left, float right, string transform, float[] expected) => Assert.Equal(expected,
        OneNode.Run(1, "ai.onnx.ml:TreeEnsembleClassifier", 2, [X], Stump("class", [1, 1], [left, right],
            ("classlabels_int64s", new long[] { 0, 1 }), ("post_transform", transform)))[1].Floats());

    [Fact]
    public void ALinearModelAddsUp() => Assert.Equal([1 + 2 * 3 + 4 * 5f], OneNode.Run("ai.onnx.ml:LinearRegressor",
        [OnnxArray.Of([1, 2], [3f, 5])], ("coefficients", new[] { 2f, 4 }), ("intercepts", new[] { 1f })).Floats());

    [Fact]
    public void ColumnsAreScaledAndNormalised()
    {
        var x = OnnxArray.Of([1, 2], [3f, 4]);
        Assert.Equal([4f, 9], OneNode.Run("ai.onnx.ml:Scaler", [x], ("offset", new[] { 1f }), ("scale", new[] { 2f, 3 })).Floats());
        Assert.Equal([0.6f, 0.8f], OneNode.Run("ai.onnx.ml:Normalizer", [x], ("norm", "L2")).Floats());
        Assert.Equal([0.75f, 1], OneNode.Run("ai.onnx.ml:Normalizer", [x], ("norm", "MAX")).Floats());
    }

    [Fact]
    public void LabelsAreLookedUp() => Assert.Equal(["b", "?", "a"], ((OnnxArray<string>)OneNode.Run("ai.onnx.ml:LabelEncoder",
        [OnnxArray.Vector(2, 3, 1)], ("keys_int64s", new long[] { 1, 2 }), ("values_strings", new[] { "a", "b" }), ("default_string", "?"))).Data);

    [Fact]
    public void ATreeThatLeadsInACircleIsRefused()
    {
        var circle = Stump("target", [0, 0], [1, 1]);
        circle[5] = ("nodes_truenodeids", new long[] { 0, 0, 0 });
        var refusal = Assert.Throws<Retort.Tensors.RetortException>(() => OneNode.Run("ai.onnx.ml:TreeEnsembleRegressor", [X], circle));
        Assert.NotEmpty(refusal.Message);
    }
}
