using Retort.Checkpoints;
using Retort.Data;
using Retort.Labels;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Runs;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>A model to be fitted: teacher, student or baseline; they differ in nothing else.</summary>
/// <param name="Name">Names the checkpoint, the log's lines and the progress bar.</param>
/// <param name="Stage">label or train.</param>
/// <param name="Model">What to build.</param>
/// <param name="Training">How to train it.</param>
/// <param name="Objective">Terms of the loss.</param>
/// <param name="Rows">Rows of the training part.</param>
/// <param name="Labels">Stored answers; null = true classes only.</param>
/// <param name="Seed">Student and baseline share it: same first weights, same order of data.</param>
/// <param name="Folder">Where the finished model goes.</param>
/// <param name="Checkpoint">File of the full checkpoint.</param>
/// <param name="StepShare">Share of the steps that Training asks for.</param>
public sealed record Fit(
    string Name, string Stage, ModelRecipe Model, TrainingRecipe Training, IReadOnlyList<ObjectiveRecipe> Objective,
    int[] Rows, LabelReader? Labels, Seed Seed, string Folder, string Checkpoint, double StepShare = 1);

/// <summary>Builds a model, trains it to the end (from its checkpoint, if one is there) and saves it.</summary>
public sealed class Fitting(Device device, DataSplits data, EventLog events, IProgress<StageProgress> progress)
{
    /// <returns>Accuracy and loss on the validation part.</returns>
    public (double Accuracy, double Loss) Run(Fit fit, CancellationToken cancellation)
    {
        using var module = ModelBuilder.Create(fit.Model, data.Train.ExampleShape, data.Train.Classes);
        module.Build(device, fit.Seed.Derive("init"));
        using var state = new TrainState(module, fit.Training);
        var batches = new StoredBatches(data.Train, fit.Rows, fit.Labels, fit.Training.BatchSize, fit.Training.AugmentShift, fit.Seed);
        var steps = Math.Max(1, (long)(batches.StepsPerEpoch * (long)fit.Training.Epochs * fit.StepShare));
        var plan = new TrainingPlan(fit.Name, fit.Stage, fit.Training, steps, fit.Seed, fit.Checkpoint);
        var outcome = new Trainer(device, events, progress).Train(state, batches, ObjectiveBuilder.Create(fit.Objective, steps, data.Train.Classes), data.Validation, plan, cancellation);
        ModelCheckpoint.Save(fit.Folder, module, new ModelDescription(fit.Model, data.Train.ExampleShape, data.Train.ClassNames));
        return outcome;
    }
}
