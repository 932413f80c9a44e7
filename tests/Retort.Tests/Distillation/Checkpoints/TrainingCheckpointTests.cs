using Retort.Recipes;
using Retort.Tensors;
using Retort.Tests.Distillation.Training;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

public sealed class TrainingCheckpointTests
{
    [Theory]
    [InlineData("adamw", 0, 0)]
    [InlineData("sgd", 0, 0)]
    [InlineData("adamw", 0.9, 3)]
    [InlineData("sgd", 0.9, 3)]
    public void ARestoredRunGoesOnWithTheSameBits(string optimizer, double emaDecay, int patience)
    {
        using var exercise = new Exercise();
        var recipe = Recipe(optimizer) with { EmaDecay = emaDecay, Patience = patience };
        var whole = exercise.State(recipe);
        var first = exercise.State(recipe);
        var second = exercise.State(recipe);
        var expected = exercise.Train(whole, recipe, 10, "whole");
        exercise.Train(first, recipe, 5, "halves");
        var found = exercise.Train(second, recipe, 10, "halves");
        Assert.Equal(10, second.Updates);
        Assert.Equal(exercise.WeightsOf(whole.Module), exercise.WeightsOf(second.Module));
        Assert.NotEqual(exercise.WeightsOf(first.Module), exercise.WeightsOf(second.Module));
        Assert.Equal(expected, found);
        Assert.Equal((whole.BestLoss, whole.BestEpoch), (second.BestLoss, second.BestEpoch));
        foreach (var state in new[] { whole, first, second }) Exercise.Release(state);
    }

    [Fact]
    public void AnotherRecipesCheckpointIsRefused()
    {
        using var exercise = new Exercise();
        var (one, other) = (exercise.State(Recipe("sgd")), exercise.State(Recipe("adamw")));
        exercise.Train(one, Recipe("sgd"), 2, "run");
        var refusal = Assert.Throws<RetortException>(() => exercise.Train(other, Recipe("adamw"), 4, "run"));
        Assert.Contains("optimizer.first_moment", refusal.Message, StringComparison.Ordinal);
        Exercise.Release(one);
        Exercise.Release(other);
    }

    [Fact]
    public void ADamagedCheckpointIsRefused()
    {
        using var exercise = new Exercise();
        var (one, other) = (exercise.State(Recipe("sgd")), exercise.State(Recipe("sgd")));
        exercise.Train(one, Recipe("sgd"), 2, "run");
        var bytes = File.ReadAllBytes(exercise.At("run.safetensors"));
        var place = bytes.AsSpan().IndexOf("\"updates\":\"2\""u8);
        bytes[place + "\"updates\":\"".Length] = (byte)'x';
        File.WriteAllBytes(exercise.At("run.safetensors"), bytes);
        Assert.Contains("does not say 'updates' as a number", Assert.Throws<RetortException>(() =>
            exercise.Train(other, Recipe("sgd"), 4, "run")).Message, StringComparison.Ordinal);
        Exercise.Release(one);
        Exercise.Release(other);
    }

    private static TrainingRecipe Recipe(string optimizer) =>
        new() { Optimizer = optimizer, BatchSize = 5, LearningRate = 0.01, Schedule = "constant" };
}
