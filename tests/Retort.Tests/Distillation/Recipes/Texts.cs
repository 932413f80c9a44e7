using Retort.Recipes;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Recipes;

/// <summary>A small recipe to break, one line at a time.</summary>
internal static class Texts
{
    public const string Small = """
        name: small
        data: {source: digits, train: 100, validation: 50, test: 50}
        teacher:
          source: train
          model: {kind: conv-net, channels: [4]}
          training: {epochs: 1}
        student:
          model: {kind: mlp, hidden: [8]}
          training:
            epochs: 2
            learningRate: 0.01
          objective:
            - {name: soft-label, softWeight: 0.9, temperature: 4}
            - {name: hard-label, hardWeight: 0.1}

        """;

    public static Recipe Read(params string[] overrides) => RecipeReader.Read(Small, "small.yaml", overrides);

    public static string Replace(string old, string changed)
    {
        Assert.Contains(old, Small, StringComparison.Ordinal);
        return Small.Replace(old, changed, StringComparison.Ordinal);
    }

    public static string ErrorOf(Func<object?> action) => Assert.ThrowsAny<RetortException>(action).Message;
}
