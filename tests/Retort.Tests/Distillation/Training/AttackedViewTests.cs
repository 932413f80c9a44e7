using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class AttackedViewTests
{
    private static readonly AttackRecipe Attack = new() { Radius = 0.2, StepSize = 0.1, Steps = 4 };
    private static readonly TrainingRecipe Recipe = new() { BatchSize = 5, LearningRate = 0.01, Schedule = "constant" };

    [Fact]
    public void TheObjectiveIsLargerAndNoNumberMovesFurtherThanTheRadius()
    {
        using var exercise = new Exercise();
        var state = exercise.State(Recipe);
        using var objective = Objective();
        using var view = new AttackedView(Attack, (-10, 10), state.Module, objective, exercise.Device);
        using var step = new Step(exercise.Device);
        var batches = new StoredBatches(exercise.Data, [.. Enumerable.Range(0, 20)], null, 20, 0, new Seed(2));
        var batch = batches.CreateBatch();
        batches.Fill(0, batch);
        step.Begin(training: false);
        var moved = view.Of(step, batch, null, 0, new Seed(1));
        var (before, after) = (batch.Examples[..60], exercise.Device.ToFloats(moved));
        Assert.All(before.Zip(after, (a, b) => Math.Abs(a - b)), distance => Assert.InRange(distance, 0, 0.2f + 1e-6f));
        double Loss(Tensor examples) => exercise.Device.ToDoubles(objective.Loss(step,
            ExampleLesson.SignalsOf(step, state.Module.Forward(step, examples), batch, state.Module, null), 0).Loss)[0];
        Assert.True(Loss(moved) > Loss(step.Constant(moved.Shape, before.AsSpan())) + 0.01);
        Exercise.Release(state);
    }

    [Fact]
    public void TheTrainerLearnsFromWhatWasMovedAndFromItsShareOfTheRest()
    {
        using var exercise = new Exercise();
        var attacked = Weights(exercise, "attacked", Attack);
        Assert.NotEqual(Weights(exercise, "plain", null), attacked);
        Assert.NotEqual(Weights(exercise, "mixed", Attack with { CleanWeight = 0.5 }), attacked);
        Assert.Equal(Weights(exercise, "again", Attack), attacked);
    }

    [Fact]
    public void TwoViewsAreMixedTermByTerm()
    {
        using var exercise = new Exercise();
        using var step = new Step(exercise.Device);
        step.Begin(training: false);
        ObjectiveValue Value(double loss) => new(step.Constant(new Shape(1), [loss]), [("hard-label", 2 * loss)]);
        var mixed = Value(1).Mixed(step, 0.75, 0.25, Value(5));
        Assert.Equal(2, exercise.Device.ToDoubles(mixed.Loss)[0], 1e-6);
        Assert.Equal([("hard-label", 4.0)], mixed.Parts);
    }

    private static float[] Weights(Exercise exercise, string name, AttackRecipe? attack)
    {
        var state = exercise.State(Recipe);
        using var objective = Objective();
        using var view = attack is null ? null : new AttackedView(attack, (-10, 10), state.Module, objective, exercise.Device);
        exercise.Train(state, Recipe, 8, name, attack: view);
        var weights = exercise.WeightsOf(state.Module);
        Exercise.Release(state);
        return weights;
    }

    private static WeightedSum Objective() => new([new(new HardLabel(), Schedule.Constant(1))]);
}
