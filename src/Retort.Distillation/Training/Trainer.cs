using Retort.Checkpoints;
using Retort.Data;
using Retort.Nn.Optimizers;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Runs;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Training;

/// <summary>What one training run is, beside its state.</summary>
/// <param name="Name">student, teacher-0, baseline-0.001: names its checkpoint and its lines in the log.</param>
/// <param name="Stage">label or train.</param>
/// <param name="Recipe">Rates, schedule, clipping.</param>
/// <param name="TotalSteps">Updates in all.</param>
/// <param name="Seed">Dropout derives from it, by update.</param>
/// <param name="CheckpointPath">The full checkpoint's file.</param>
public sealed record TrainingPlan(string Name, string Stage, TrainingRecipe Recipe, long TotalSteps, Seed Seed, string CheckpointPath);

/// <summary>THE training loop. Its seams: where batches come from, the objective, the schedule.</summary>
public sealed class Trainer(Device device, EventLog events, IProgress<StageProgress> progress)
{
    /// <summary>Trains from where the state is to the end. Resuming from a checkpoint gives the bits of an uninterrupted run.</summary>
    /// <returns>Accuracy and loss on the validation part.</returns>
    /// <exception cref="RunFailedException">A loss or gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; the checkpoint holds everything up to the last update.</exception>
    public (double Accuracy, double Loss) Train(TrainState state, IBatchSource batches, WeightedSum objective, Dataset validation, TrainingPlan plan, CancellationToken cancellation)
    {
        if (TrainingCheckpoint.TryRestore(plan, state)) events.ResumeAt(plan.Name, state.Updates);
        var rate = RateOf(plan);
        using var step = new Step(device, plan.Name);
        var batch = batches.CreateBatch();
        var perEpoch = batches.StepsPerEpoch;
        var checkpointSteps = plan.Recipe.CheckpointSteps > 0 ? plan.Recipe.CheckpointSteps : perEpoch;
        var logEvery = Math.Max(1, perEpoch / 20);
        while (state.Updates < plan.TotalSteps && !OutOfPatience(state, plan, perEpoch))
        {
            if (cancellation.IsCancellationRequested)
            {
                Save(plan, state);
                cancellation.ThrowIfCancellationRequested();
            }
            var value = Update(state, batches, objective, plan, step, batch, rate);
            if (state.Updates % logEvery == 0 || state.Updates == plan.TotalSteps) Log(plan, state, value, rate);
            if (state.Updates % perEpoch == 0) EndEpoch(state, validation, plan, perEpoch);
            if (state.Updates % checkpointSteps == 0 || state.Updates == plan.TotalSteps) Save(plan, state);
        }
        state.Average?.Adopt();
        if (plan.Recipe.Patience > 0) state.AdoptBest();
        return Validation.Measure(Predictor.Logits(state.Module, validation, device), validation);
    }

    /// <summary>The log first: whoever resumes from this checkpoint finds every line up to it.</summary>
    private void Save(TrainingPlan plan, TrainState state)
    {
        events.Flush();
        TrainingCheckpoint.Save(plan, state);
    }

    private StepValues Update(TrainState state, IBatchSource batches, WeightedSum objective, TrainingPlan plan, Step step, Batch batch, Schedule rate)
    {
        var number = state.Updates;
        batches.Fill(number, batch);
        step.Begin(training: true, plan.Seed.Derive("dropout").Derive((ulong)number));
        var examples = step.Constant(new Shape([batch.Count, .. state.Module.ExampleShape.ToArray()]), batch.Examples.AsSpan(0, batch.Count * (int)state.Module.ExampleShape.Count));
        var logits = state.Module.Forward(step, examples);
        var value = objective.Loss(step, SignalsOf(step, logits, batch, state.Module.Classes), number);
        var loss = device.ToDoubles(value.Loss)[0];
        if (!double.IsFinite(loss)) throw NonFinite.Report($"loss {loss}", state, plan, batch, rate.At(number), batches.StepsPerEpoch, device);
        step.Backward(value.Loss);
        var norm = state.Optimizer.GradientNorm();
        if (!double.IsFinite(norm)) throw NonFinite.Report($"gradient norm {norm}", state, plan, batch, rate.At(number), batches.StepsPerEpoch, device);
        state.Updates++;
        state.Optimizer.Update(state.Updates, rate.At(number), Optimizer.ClipScale(norm, plan.Recipe.ClipNorm));
        if (plan.Recipe.MaxNormSquared > 0)
            foreach (var weight in state.Module.HiddenWeights)
                device.Kernels.LimitRowNorms(weight.Value.Storage, weight.Shape[0], weight.Shape.Count / weight.Shape[0], plan.Recipe.MaxNormSquared);
        state.Average?.Update();
        return new StepValues(loss, value.Parts, norm);
    }

    private static Signals SignalsOf(Step step, Tensor logits, Batch batch, int classes)
    {
        var teacher = batch.Form switch
        {
            TeacherForm.Logits => TeacherTarget.Logits(step.Constant(new Shape(batch.Count, classes), batch.Teacher.AsSpan(0, batch.Count * classes))),
            TeacherForm.TopK => TeacherTarget.TopK(
                step.Constant(new Shape(batch.Count, batch.Kept), batch.TeacherIds.AsSpan(0, batch.Count * batch.Kept)),
                step.Constant(new Shape(batch.Count, batch.Kept), batch.Teacher.AsSpan(0, batch.Count * batch.Kept)),
                step.Constant(new Shape(batch.Count), batch.TailMass.AsSpan(0, batch.Count))),
            _ => (TeacherTarget?)null,
        };
        return new Signals(logits, batch.Classes.AsMemory(0, batch.Count), teacher);
    }

    private void EndEpoch(TrainState state, Dataset validation, TrainingPlan plan, int perEpoch)
    {
        var (accuracy, loss) = Validation.Measure(Predictor.Logits(state.Module, validation, device), validation);
        events.Write(plan.Name, "validation_accuracy", state.Updates, accuracy);
        events.Write(plan.Name, "validation_loss", state.Updates, loss);
        var epoch = (int)(state.Updates / perEpoch);
        if (plan.Recipe.Patience > 0 && loss < state.BestLoss) state.KeepBest(loss, epoch);
    }

    private void Log(TrainingPlan plan, TrainState state, StepValues value, Schedule rate)
    {
        events.Write(plan.Name, "loss", state.Updates, value.Loss);
        foreach (var (name, part) in value.Parts) events.Write(plan.Name, $"loss/{name}", state.Updates, part);
        events.Write(plan.Name, "gradient_norm", state.Updates, value.Norm);
        events.Write(plan.Name, "learning_rate", state.Updates, rate.At(state.Updates - 1));
        progress.Report(new StageProgress(plan.Stage, plan.Name, state.Updates, plan.TotalSteps, FormattableString.Invariant($"loss {value.Loss:0.0000}")));
    }

    private static bool OutOfPatience(TrainState state, TrainingPlan plan, int perEpoch) =>
        plan.Recipe.Patience > 0 && state.BestEpoch >= 0 && state.Updates / perEpoch - state.BestEpoch >= plan.Recipe.Patience;

    private static Schedule RateOf(TrainingPlan plan) =>
        new(Enum.Parse<ScheduleKind>(plan.Recipe.Schedule, ignoreCase: true), plan.Recipe.LearningRate, 0, plan.TotalSteps, plan.Recipe.WarmupSteps);

    private readonly record struct StepValues(double Loss, IReadOnlyList<(string Name, double Value)> Parts, double Norm);
}
