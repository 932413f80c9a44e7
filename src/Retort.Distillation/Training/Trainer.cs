using Retort.Checkpoints;
using Retort.Nn.Optimizers;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>What one training run is, beside its learners.</summary>
/// <param name="Name">student, teacher-0, baseline-0.001: names its checkpoint.</param>
/// <param name="Stage">label or train.</param>
/// <param name="Recipe">Rates, schedule, clipping.</param>
/// <param name="TotalSteps">Updates in all.</param>
/// <param name="Seed">Dropout derives from it, by update.</param>
/// <param name="CheckpointPath">The full checkpoint's file.</param>
public sealed record TrainingPlan(string Name, string Stage, TrainingRecipe Recipe, long TotalSteps, Seed Seed, string CheckpointPath)
{
    /// <summary>Told the number of each update that is done, before it is saved; null = nobody.</summary>
    public Action<long>? AfterUpdate { get; init; }
}

/// <summary>A model in the loop.</summary>
/// <param name="Name">Names its lines in the log.</param>
/// <param name="State">Everything that its training changes.</param>
/// <param name="Objective">What it minimises.</param>
/// <param name="Teacher">Who answers in the loop; null = nobody.</param>
public sealed record Learner(string Name, TrainState State, WeightedSum Objective, ILiveTeacher? Teacher = null)
{
    /// <summary>How a batch becomes its loss.</summary>
    public ILesson Lesson { get; init; } = new ExampleLesson();

    /// <summary>Who answers its prompts anew; null = nobody.</summary>
    public IStudentGenerator? Generator { get; init; }

    /// <summary>Who looks on; null = nobody.</summary>
    public IMonitor? Monitor { get; init; }

    /// <summary>Who moves its examples; null = nobody.</summary>
    public AttackedView? Attack { get; init; }

    /// <summary>Cuts its small weights; null = nobody.</summary>
    public Pruning? Pruning { get; init; }

    /// <summary>Who makes its examples, in place of the batch's; null = nobody. They have no class.</summary>
    public IExampleMaker? Maker { get; init; }

    /// <summary>
    /// It learns nothing by itself: after each update its weights move towards those of the first learner, w ← d·w + (1 − d)·w_first with
    /// d = min(1 − 1/(u + 1), this decay) after u updates (Tarvainen and Valpola 2017). Null = it learns.
    /// </summary>
    public double? FollowDecay { get; init; }
}

/// <summary>
/// THE training loop. Its seams: where batches come from, how a batch becomes a loss (lesson and objective), the schedule. Several learners
/// take each batch in turn, so that peers can teach each other.
/// </summary>
public sealed class Trainer(Device device, EventLog events, IProgress<StageProgress> progress)
{
    /// <summary>Short epochs share a checkpoint: writing one must not take longer than what it saves.</summary>
    private const int LeastCheckpointSteps = 100;

    /// <summary>Trains from where the learners are to the end. Resuming from a checkpoint gives the bits of an uninterrupted run.</summary>
    /// <returns>Score and loss of each on the validation part.</returns>
    /// <exception cref="RunFailedException">A loss or gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; the checkpoint holds everything up to the last update.</exception>
    public IReadOnlyList<(double Score, double Loss)> Train(
        IReadOnlyList<Learner> learners, IBatchSource batches, IValidation validation, TrainingPlan plan, CancellationToken cancellation)
    {
        TrainState[] states = [.. learners.Select(learner => learner.State)];
        if (TrainingCheckpoint.TryRestore(plan, states))
            foreach (var learner in learners) events.ResumeAt(learner.Name, learner.State.Updates);
        var rate = RateOf(plan);
        using var step = new Step(device, plan.Name);
        using var ratio = new GradientRatio(device);
        using var ahead = new PrefetchedBatches(batches);
        var batch = ahead.CreateBatch();
        var perEpoch = ahead.StepsPerEpoch;
        var checkpointSteps = plan.Recipe.CheckpointSteps > 0
            ? plan.Recipe.CheckpointSteps
            : perEpoch * ((LeastCheckpointSteps + perEpoch - 1) / perEpoch);
        var logEvery = Math.Max(1, perEpoch / 20);
        while (states[0].Updates < plan.TotalSteps && !states.All(state => OutOfPatience(state, plan, perEpoch)))
        {
            if (cancellation.IsCancellationRequested)
            {
                Save(plan, learners, states);
                cancellation.ThrowIfCancellationRequested();
            }
            var number = states[0].Updates + 1;
            var logged = number % logEvery == 0 || number == plan.TotalSteps;
            ahead.Fill(number - 1, batch);
            for (var i = 0; i < learners.Count; i++)
            {
                if (learners[i].FollowDecay is { } decay) Follow(learners[i].State, states[0], decay);
                else
                {
                    var own = learners[i].Generator?.Next(number - 1, learners[i].State.Module, batch) ?? batch;
                    var value = Update(learners[i], i, perEpoch, plan, step, own, rate, logged ? ratio : null);
                    learners[i].Monitor?.Passed(own);
                    if (logged) Log(plan, learners[i], value, rate);
                    if (learners[i].Monitor?.Collapse is { } collapse) throw RolledBack(collapse, number, plan, states);
                }
                if (number % perEpoch == 0) EndEpoch(learners[i], validation, plan, perEpoch);
            }
            plan.AfterUpdate?.Invoke(number);
            if (number % checkpointSteps == 0 || number == plan.TotalSteps) Save(plan, learners, states);
        }
        return [.. learners.Select(learner => Finish(learner, validation, plan))];
    }

    /// <summary>All learners as their last sound checkpoint has them, and the reason.</summary>
    private static CollapsedException RolledBack(string collapse, long number, TrainingPlan plan, IReadOnlyList<TrainState> states)
    {
        var there = TrainingCheckpoint.TryRestore(plan, states);
        return new CollapsedException($"{plan.Name}, update {number} of {plan.TotalSteps}", $"{collapse}.", there
            ? $"the run is rolled back to its last sound checkpoint, of update {states[0].Updates}."
            : "there is no sound checkpoint before it to roll back to.", there);
    }

    private void Follow(TrainState follower, TrainState first, double decay)
    {
        follower.Updates = first.Updates;
        var kept = Math.Min(1 - 1.0 / (first.Updates + 1), decay);
        var (to, from) = (follower.Module.Learning, first.Module.Learning);
        device.Kernels.MoveAverage(to.Flat.Storage, from.Flat.Storage, kept);
        device.Kernels.Copy(from.FlatState.Storage, to.FlatState.Storage, false);
    }

    private (double Score, double Loss) Finish(Learner learner, IValidation validation, TrainingPlan plan)
    {
        var state = learner.State;
        if (learner.FollowDecay is null) state.Average?.Adopt(); // who follows is an average already
        if (plan.Recipe.Patience > 0) state.AdoptBest();
        return validation.Measure(state.Module, device);
    }

    /// <summary>The log first: whoever resumes from this checkpoint finds every line up to it.</summary>
    private void Save(TrainingPlan plan, IReadOnlyList<Learner> learners, IReadOnlyList<TrainState> states)
    {
        if (!learners.All(learner => learner.Monitor?.Sound ?? true)) return; // the last sound one stays
        events.Flush();
        TrainingCheckpoint.Save(plan, states);
    }

    private StepValues Update(Learner learner, int place, int perEpoch, TrainingPlan plan, Step step, Batch batch, Schedule rate,
        GradientRatio? ratio)
    {
        var state = learner.State;
        var number = state.Updates;
        var seed = plan.Seed.Derive("dropout").Derive((ulong)number);
        if (place > 0) seed = seed.Derive((ulong)place);
        var values = new StepValues(0, [], 0, null, []);
        var parts = learner.Lesson.PartsOf(batch);
        for (var part = 0; part < parts; part++)
        {
            if (part == 0) step.Begin(training: true, seed);
            else step.Continue(seed.Derive((ulong)part));
            var value = learner.Lesson.Loss(step, learner, batch,
                new LessonPlace(number, (double)number / plan.TotalSteps, part, seed, ratio));
            var loss = device.ToDoubles(value.Loss)[0];
            if (!double.IsFinite(loss)) throw NonFinite.Report($"loss {loss}", state, plan, batch, rate.At(number), perEpoch, device);
            step.Backward(value.Loss);
            values = values.Plus(loss, value);
        }
        var norm = state.GradientNorm();
        if (!double.IsFinite(norm)) throw NonFinite.Report($"gradient norm {norm}", state, plan, batch, rate.At(number), perEpoch, device);
        state.Update(rate.At(number), Optimizer.ClipScale(norm, plan.Recipe.ClipNorm));
        if (plan.Recipe.MaxNormSquared > 0)
            foreach (var weight in state.Module.HiddenWeights)
                device.Kernels.LimitRowNorms(weight.Value.Storage, weight.Shape[0], weight.Shape.Count / weight.Shape[0],
                    plan.Recipe.MaxNormSquared);
        learner.Pruning?.After(state.Updates, plan.TotalSteps);
        state.Average?.Update();
        return values with { Norm = norm };
    }

    private void EndEpoch(Learner learner, IValidation validation, TrainingPlan plan, int perEpoch)
    {
        var state = learner.State;
        var (score, loss) = validation.Measure(state.Module, device);
        events.Write(learner.Name, validation.EventName, state.Updates, score);
        events.Write(learner.Name, "validation_loss", state.Updates, loss);
        learner.Generator?.Measured(loss);
        var epoch = (int)(state.Updates / perEpoch);
        if (plan.Recipe.Patience > 0 && loss < state.BestLoss) state.KeepBest(loss, epoch);
    }

    private void Log(TrainingPlan plan, Learner learner, StepValues value, Schedule rate)
    {
        var updates = learner.State.Updates;
        var numbers = new List<(string Name, double Value)>();
        void Write(string name, double number)
        {
            numbers.Add((name, number));
            events.Write(learner.Name, name, updates, number);
        }
        Write("loss", value.Loss);
        foreach (var (name, part) in value.Parts) Write($"loss/{name}", part);
        foreach (var term in learner.Objective.Terms)
        {
            Write($"weight/{term.Objective.Name}", term.Weight.At(updates - 1));
            if ((term.Objective.LearntTemperature
                ?? term.Temperature?.At(updates - 1)) is { } temperature) Write($"temperature/{term.Objective.Name}", temperature);
        }
        if (value.SoftAgainstHard is { } ratio) Write("gradient_ratio", ratio);
        Write("gradient_norm", value.Norm);
        Write("learning_rate", rate.At(updates - 1));
        foreach (var (name, number) in learner.Monitor?.Look(updates, value.Measures) ?? value.Measures) Write(name, number);
        progress.Report(new StageProgress(plan.Stage, learner.Name, updates, plan.TotalSteps, LiveLine.Of(numbers)));
    }

    private static bool OutOfPatience(TrainState state, TrainingPlan plan, int perEpoch) =>
        plan.Recipe.Patience > 0 && state.BestEpoch >= 0 && state.Updates / perEpoch - state.BestEpoch >= plan.Recipe.Patience;

    private static Schedule RateOf(TrainingPlan plan) =>
        new(Enum.Parse<ScheduleKind>(plan.Recipe.Schedule, ignoreCase: true), plan.Recipe.LearningRate, 0, plan.TotalSteps,
            plan.Recipe.WarmupSteps);

    private readonly record struct StepValues(double Loss, IReadOnlyList<(string Name, double Value)> Parts, double Norm,
        double? SoftAgainstHard, IReadOnlyList<(string Name, double Value)> Measures)
    {
        /// <summary>With the next part of the batch.</summary>
        public StepValues Plus(double loss, ObjectiveValue part) => new(Loss + loss, Parts.Count == 0
            ? part.Parts
            : [.. Parts.Zip(part.Parts, (a, b) => (a.Name, a.Value + b.Value))], Norm, SoftAgainstHard ?? part.SoftAgainstHard,
            part.Measures is { Count: > 0 } measures ? measures : Measures);
    }
}
