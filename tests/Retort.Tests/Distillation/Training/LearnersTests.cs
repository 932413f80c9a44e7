using Retort.Nn;
using Retort.Nn.Models;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Tensors;
using Retort.Tests.Distillation.Objectives;
using Retort.Tests.Formats;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

/// <summary>Two students that teach each other, with an objective that learns something of its own.</summary>
public sealed class LearnersTests
{
    private static readonly TrainingRecipe Recipe =
        new() { BatchSize = 5, LearningRate = 0.01, Schedule = "constant", CheckpointSteps = 4 };

    [Fact]
    public void WhatIsResumedIsTheSameToTheBit()
    {
        var whole = Train(stopAt: null);
        var resumed = Train(stopAt: 10); // the checkpoint is of update 8
        Assert.Equal(whole, resumed);
        Assert.NotEqual(whole[0], whole[1]);
    }

    /// <summary>After one update d = min(1 − ½, 0.9); after two min(1 − ⅓, 0.9): the mean of the first three states.</summary>
    [Fact]
    public void AFollowerIsTheAverageOfTheFirst()
    {
        using var exercise = new Exercise();
        float[] Weights(long updates, int learner, double emaDecay = 0)
        {
            using var folder = new TemporaryFolder();
            using var events = EventLog.Open(folder.At("events.jsonl"), TimeProvider.System);
            var recipe = Recipe with { EmaDecay = emaDecay };
            var plan = new TrainingPlan("student", "train", recipe, updates, new Seed(3), folder.At("student.safetensors"));
            return Once(exercise, events, plan, null, followDecay: 0.9)[learner];
        }
        using var first = Net(exercise, 1);
        float[] start = exercise.Device.ToFloats(first.Weights.Flat), one = Weights(1, 0), two = Weights(2, 0);
        Assert.All(Weights(2, 1).Zip(start.Zip(one, two)), pair =>
            Assert.Equal((pair.Second.First + pair.Second.Second + pair.Second.Third) / 3, pair.First, 1e-6));
        Assert.NotEqual(start, two);
        Assert.Equal(Weights(2, 1), Weights(2, 1, emaDecay: 0.9)); // an average of the first's own is not the follower's
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(110, true)] // epochs of four updates: the first checkpoint is of update 100
    public void ShortEpochsShareACheckpoint(long stopAt, bool written)
    {
        using var exercise = new Exercise();
        using var folder = new TemporaryFolder();
        using var events = EventLog.Open(folder.At("events.jsonl"), TimeProvider.System);
        var plan = new TrainingPlan("student", "train", Recipe with { CheckpointSteps = 0 }, 140, new Seed(3),
            folder.At("student.safetensors"));
        Assert.Throws<OperationCanceledException>(() => Once(exercise, events, plan, stopAt));
        Assert.Equal(written, File.Exists(folder.At("student.safetensors")));
    }

    /// <returns>Weights of both students, and what their objectives learnt.</returns>
    private static float[][] Train(long? stopAt)
    {
        using var exercise = new Exercise();
        using var folder = new TemporaryFolder();
        using var events = EventLog.Open(folder.At("events.jsonl"), TimeProvider.System);
        var plan = new TrainingPlan("student", "train", Recipe, 14, new Seed(3), folder.At("student.safetensors"));
        if (stopAt is not null) Assert.Throws<OperationCanceledException>(() => Once(exercise, events, plan, stopAt));
        return Once(exercise, events, plan, null);
    }

    private static float[][] Once(Exercise exercise, EventLog events, TrainingPlan plan, long? stopAt, double? followDecay = null)
    {
        Module[] modules = [Net(exercise, 1), Net(exercise, followDecay is null ? 2UL : 1)];
        Learner[] learners = [.. modules.Select((module, i) =>
        {
            var sum = new WeightedSum([new(new HardLabel(), Schedule.Constant(1)),
                new(CatalogueTests.Create("curriculum-temperature", classes: 2), Schedule.Constant(1))]);
            sum.Build(exercise.Device, new Seed(4));
            return new Learner($"student-{i}", new TrainState(module, plan.Recipe, sum.Weights), sum, new PeerTeacher([modules[1 - i]]))
            {
                FollowDecay = i == 1 ? followDecay : null,
            };
        })];
        try
        {
            var batches = new Stopping(new StoredBatches(exercise.Data, [.. Enumerable.Range(0, exercise.Data.Count)], null,
                Recipe.BatchSize, 0, new Seed(2)), stopAt);
            new Trainer(exercise.Device, events, new Progress<StageProgress>())
                .Train(learners, batches, new ExampleValidation(exercise.Data), plan, CancellationToken.None);
            return [.. modules.Select(module => exercise.Device.ToFloats(module.Weights.Flat)),
                .. learners.Select(learner => exercise.Device.ToFloats(learner.Objective.Weights[0].Flat))];
        }
        finally
        {
            foreach (var learner in learners)
            {
                learner.State.Dispose();
                learner.Objective.Dispose();
            }
            foreach (var module in modules) module.Dispose();
        }
    }

    private static Mlp Net(Exercise exercise, ulong seed)
    {
        var net = new Mlp(new Shape(3), [6], 2, dropout: 0.2);
        net.Build(exercise.Device, new Seed(seed));
        return net;
    }

    /// <summary>Ends as an interruption does, between two checkpoints.</summary>
    private sealed class Stopping(IBatchSource inner, long? stopAt) : IBatchSource
    {
        public int StepsPerEpoch => inner.StepsPerEpoch;

        public Batch CreateBatch() => inner.CreateBatch();

        public void Fill(long update, Batch batch)
        {
            if (update == stopAt) throw new OperationCanceledException();
            inner.Fill(update, batch);
        }
    }
}
