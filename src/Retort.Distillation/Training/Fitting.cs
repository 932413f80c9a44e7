using System.Globalization;
using Retort.Checkpoints;
using Retort.Data;
using Retort.Labels;
using Retort.Nn;
using Retort.Nn.Graphs;
using Retort.Nn.Models;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Runs;
using Retort.Students;
using Retort.Students.Onnx;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>A model to be fitted: teacher, student, peer or baseline; they differ in nothing else.</summary>
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
    int[] Rows, LabelReader? Labels, Seed Seed, string Folder, string Checkpoint, double StepShare = 1)
{
    /// <summary>What is learnt on in place of the rows; null = on the rows.</summary>
    public ExamplesRecipe? Examples { get; init; }

    /// <summary>A teacher in the loop; null = none.</summary>
    public ILiveTeacher? Live { get; init; }

    /// <summary>
    /// Models that learn beside it and from it, on the same batches; each needs a name, a model, a seed and a folder of its own.
    /// </summary>
    public IReadOnlyList<Fit> Peers { get; init; } = [];

    /// <summary>Makes a teacher of the other models of the loop; asked when there are peers.</summary>
    public Func<IReadOnlyList<Module>, ILiveTeacher>? TeacherOf { get; init; }

    /// <summary>As <see cref="Learner.FollowDecay"/> has it; the model is the first's.</summary>
    public double? FollowDecay { get; init; }

    /// <summary>Of a language model; null = it learns from rows.</summary>
    public TokenLessons? Tokens { get; init; }

    /// <summary>Adapters that learn beside its frozen weights; null = the weights learn.</summary>
    public LoraRecipe? Lora { get; init; }

    /// <summary>What it takes at first of the model in <see cref="InitialFolder"/>; null = nothing.</summary>
    public InitialRecipe? Initial { get; init; }
    public string InitialFolder { get; init; } = "";

    /// <summary>A masked-language model that an encoder begins as; empty = none.</summary>
    public string PretrainedFolder { get; init; } = "";

    /// <summary>States kept along its training, evenly spaced, the finished model among them.</summary>
    public int Snapshots { get; init; } = 1;

    /// <summary>Told facts for the report.</summary>
    public Action<string, string>? Note { get; init; }

    /// <summary>Told what the user should know.</summary>
    public Action<string>? Warn { get; init; }
}

/// <summary>Builds a model, trains it to the end (from its checkpoint, if one is there) and saves it.</summary>
public sealed class Fitting(Device device, DataSplits data, EventLog events, IProgress<StageProgress> progress) : IFitting
{
    public string ScoreName => data.Validation.ScoreName;

    public (double Score, double Loss) Run(Fit fit, CancellationToken cancellation)
    {
        IBatchSource batches = fit.Model.OnGraph
            ? new NodeBatches(data.Train, fit.Labels)
            : new StoredBatches(data.Train, fit.Rows, fit.Labels, fit.Training.BatchSize, fit.Training.AugmentShift, fit.Seed,
                fit.Training.Mixup, fit.Training.AugmentNoise);
        var steps = Math.Max(1, (long)(batches.StepsPerEpoch * (long)fit.Training.Epochs * fit.StepShare));
        Fit[] fits = [fit, .. fit.Peers];
        Module[] modules = [.. fits.Select(Build)];
        var learners = new List<Learner>();
        try
        {
            for (var i = 0; i < fits.Length; i++)
            {
                var teacher = fits.Length > 1 ? fit.TeacherOf!([.. modules.Where(other => other != modules[i])]) : fit.Live;
                var objective = ObjectiveOf(fits[i], modules[i], teacher, steps);
                var maker = MakerOf(fits[i], modules[i], teacher);
                var state = new TrainState(modules[i], fits[i].Training, objective.Weights) { Makers = maker?.Trained ?? [] };
                learners.Add(new Learner(fits[i].Name, state, objective, teacher)
                {
                    Maker = maker,
                    Attack = fits[i].Training.Attack is { } attack
                        ? new AttackedView(attack, Attack.RangeOf(data.Train.Features), modules[i], objective, device)
                        : null,
                    FollowDecay = fits[i].FollowDecay,
                    Pruning = fits[i].Training.Prune is { } prune ? new Pruning(prune, modules[i].Weights) : null,
                });
            }
            var plan = new TrainingPlan(fit.Name, fit.Stage, fit.Training, steps, fit.Seed, fit.Checkpoint)
            {
                AfterUpdate = number => KeepSnapshot(fit, modules[0], number, steps),
            };
            var outcomes = new Trainer(device, events, progress).Train(learners, batches, new ExampleValidation(data.Validation), plan,
                cancellation);
            for (var i = 0; i < fits.Length; i++)
            {
                data.Train.Texts?.Encoding.WriteTo(fits[i].Folder);
                ModelCheckpoint.Save(fits[i].Folder, modules[i], Described(fits[i]), ComparesSentences(fits[i]));
            }
            foreach (var (peer, outcome) in fits.Zip(outcomes).Skip(1))
                fit.Note?.Invoke(peer.Name, string.Create(CultureInfo.InvariantCulture, $"validation {ScoreName} {outcome.Score:0.0000}"));
            NoteRatio(fit);
            if (fit.Training.Prune is not null)
            {
                var (zero, all) = Pruning.Count(modules[0].Weights);
                fit.Note?.Invoke("pruned", string.Create(CultureInfo.InvariantCulture, $"{zero:N0} of {all:N0} weights are 0"));
            }
            return outcomes[0];
        }
        finally
        {
            foreach (var learner in learners)
            {
                learner.Attack?.Dispose();
                learner.Maker?.Dispose();
                learner.Pruning?.Dispose();
                learner.State.Dispose();
                learner.Objective.Dispose();
            }
            foreach (var module in modules) module.Dispose();
        }
    }

    private IExampleMaker? MakerOf(Fit fit, Module module, ILiveTeacher? teacher)
    {
        if (fit.Examples is not { } recipe) return null;
        var (scale, seed) = (Augmentation.ScaleOf(data.Train.Features), fit.Seed.Derive("examples"));
        return recipe.Source == "noise"
            ? new NoiseExamples(module.ExampleShape, scale, recipe.Smoothness, seed)
            : new GeneratedExamples(recipe, new GeneratorLoss(recipe, teacher!, module), module.ExampleShape, scale, seed, device);
    }

    private void KeepSnapshot(Fit fit, Module module, long number, long steps)
    {
        for (var i = 0; i < fit.Snapshots - 1; i++)
            if (number == (i + 1) * steps / fit.Snapshots)
                ModelCheckpoint.Save(RunFolder.Snapshot(fit.Folder, i), module, Described(fit));
    }

    /// <summary>What it learned is one vector of a text: whoever opens the folder finds that.</summary>
    private static bool ComparesSentences(Fit fit) => fit.Objective.Any(term => term.Features.Any(pair => pair.Student == Bert.Sentence));

    private ModelDescription Described(Fit fit) =>
        new(fit.Model, data.Train.ExampleShape, data.Train.ClassNames) { Target = data.Train.Numbers?.Column };

    private Module Build(Fit fit)
    {
        var module = ModelBuilder.Create(fit.Model, data.Train.ExampleShape, data.Train.Classes);
        var seed = fit.Seed.Derive("init");
        module.Build(device, seed);
        if (module is OnnxStudent graph)
        {
            progress.Report(new StageProgress(fit.Stage, fit.Name, 0, 1, graph.Description));
            fit.Note?.Invoke($"model of {fit.Name}", graph.Description);
        }
        if (fit.PretrainedFolder.Length > 0)
        {
            var filled = PretrainedEncoder.Fill(module, fit.PretrainedFolder, device);
            fit.Note?.Invoke($"pretraining of {fit.Name}", filled);
        }
        if (fit.Initial is not { } initial) return module;
        var (whole, taken) = StudentFromTeacher.Whole(initial, fit.Model, fit.InitialFolder, device, seed);
        using (whole)
        {
            fit.Note?.Invoke("first weights", taken);
            var kept = LowRank.Fill(module, whole);
            if (fit.Model.Ranks.Count > 0) fit.Note?.Invoke("low rank", kept);
        }
        return module;
    }

    /// <summary>Sets the taps that the objectives look at, and builds what they train for themselves.</summary>
    private WeightedSum ObjectiveOf(Fit fit, Module module, ILiveTeacher? teacher, long steps)
    {
        var pairs = fit.Objective.SelectMany(term => term.Features).ToList();
        var last = fit.Objective.Any(term => Catalog.Objective(term.Name, fit.Name).ComparesLast) ? module.Last!.Value.Path : "";
        module.Watch(pairs.Select(pair => pair.Student).Concat(fit.Objective.SelectMany(term =>
            Catalog.Objective(term.Name, fit.Name).Watches?.Invoke(module.TapNames) ?? [])).Concat(last.Length > 0 ? [last] : []));
        var hidden = fit.Examples is { Source: "dafl" } ? [GeneratorLoss.Hidden(teacher!)] : Array.Empty<string>();
        var teacherTaps = teacher?.Watch([.. pairs.Select(pair => pair.Teacher), .. hidden]) ?? new Dictionary<string, Shape>();
        var objective = ObjectiveBuilder.Create(fit.Objective,
            new ObjectiveSurroundings(steps, data.Train.Classes, data.Train.Count, TapShapes.Of(module, device), teacherTaps)
            {
                Graph = data.Train.View?.Graph,
                StudentLast = last,
                TeachersLast = last.Length > 0 ? teacher!.WatchLast() : [],
            });
        objective.Build(device, fit.Seed.Derive("objective"));
        if (module is GraphModel onGraph)
        {
            onGraph.Attach(data.Train.View!.Graph);
            teacher?.Attach(data.Train.View.Graph);
        }
        foreach (var (name, text) in objective.Terms.SelectMany(term =>
            term.Objective.Adapters.Select(adapter => (term.Objective.Name, adapter))))
        {
            progress.Report(new StageProgress(fit.Stage, fit.Name, 0, steps, $"{name}, adapter: {text}, not exported"));
            fit.Note?.Invoke($"adapter of {name}", text + "; trained along, not exported");
        }
        return objective;
    }

    /// <summary>The median over the run of how much soft and hard terms pull, and what is out of proportion.</summary>
    private void NoteRatio(Fit fit)
    {
        var ratios = events.ReadBack(fit.Name, "gradient_ratio").Order().ToList();
        if (ratios.Count == 0 || fit.Note is null) return;
        var median = ratios[ratios.Count / 2].ToString("0.###", CultureInfo.InvariantCulture);
        fit.Note("soft against hard gradients", $"{median}, the median of {ratios.Count} steps");
        if (ratios[ratios.Count / 2] < GradientRatio.Least)
            fit.Warn?.Invoke($"the soft terms pull {median} times as much as the hard ones: the teacher hardly counts; raise softWeight.");
        if (ratios[ratios.Count / 2] > GradientRatio.Most)
            fit.Warn?.Invoke($"the soft terms pull {median} times as much as the hard ones: the class hardly counts; lower softWeight or raise hardWeight.");
    }
}
