using System.Globalization;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Labels.Sequences;
using Retort.Nn.Adapters;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Runs;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>What a language model learns from.</summary>
/// <param name="Documents">Texts, or a teacher's answers.</param>
/// <param name="Teacher">Who answers in the loop; null = nobody.</param>
public sealed record TokenLessons(IReadOnlyList<TextDocument> Documents, ITokenTeacher? Teacher = null)
{
    /// <summary>Who answers in the loop in other tokens; null = nobody.</summary>
    public ISpanTeacher? Spans { get; init; }

    /// <summary>A teacher's answers about each token of the documents, stored before; null = none.</summary>
    public SequenceLabelReader? Labels { get; init; }

    /// <summary>The teacher's head, where those are its hidden states; null = they are answers.</summary>
    public Tensor? StoredHead { get; init; }

    /// <summary>Where batches come from in place of the documents: on-policy answers; null = the documents.</summary>
    public Func<Fit, IBatchSource>? Batches { get; init; }

    /// <summary>Who answers prompts anew, by the updates in all; null = nobody.</summary>
    public Func<long, WorkTimes, IStudentGenerator>? Generator { get; init; }

    /// <summary>What those answers must not become; null = nobody looks.</summary>
    public WatchdogRecipe? Watchdog { get; init; }

    /// <summary>How a batch becomes a loss in place of <see cref="TokenLesson"/>; null = that.</summary>
    public ILesson? Lesson { get; init; }
}

/// <summary>Builds a language model, trains it and saves it with its tokenizer, as a folder of the Hugging Face layout.</summary>
public sealed class LanguageFitting(Device device, TextData data, EventLog events, IProgress<StageProgress> progress, TimeProvider time)
    : IFitting
{
    private readonly TokenValidation _validation = new(data.Validation, data.ContextLength, data.Tokenizer.Tokenizer.Size);

    public string ScoreName => _validation.ScoreName;

    public (double Score, double Loss) Run(Fit fit, CancellationToken cancellation)
    {
        var lessons = fit.Tokens ?? throw new ArgumentException("No documents.", nameof(fit));
        var batches = lessons.Batches?.Invoke(fit)
            ?? new TokenBatches(lessons.Documents, data.ContextLength, fit.Training.BatchSize, fit.Seed, lessons.Labels);
        var steps = Math.Max(1, (long)(batches.StepsPerEpoch * (long)fit.Training.Epochs * fit.StepShare));
        using var begun = Begin(fit);
        var model = begun.Model;
        model.RecomputesBlocks = fit.Training.RecomputeBlocks;
        using var adapters = fit.Lora is not { } lora ? null : LowRankAdapters.Create(model,
            new LowRankOptions(lora.Rank, lora.Scale) { Targets = lora.Targets, Dropout = lora.Dropout }, fit.Seed.Derive("lora"));
        if (adapters is not null) fit.Note?.Invoke($"adapters of {fit.Name}", string.Create(CultureInfo.InvariantCulture,
            $"{adapters.Weights.Count:N0} numbers learn beside {model.Weights.Count:N0} that do not"));
        using var objective = ObjectiveBuilder.Create(fit.Objective, new ObjectiveSurroundings(steps, model.Classes,
            lessons.Documents.Count, new Dictionary<string, Shape>(), new Dictionary<string, Shape>()));
        objective.Build(device, fit.Seed.Derive("objective"));
        var times = new WorkTimes(time);
        var generator = lessons.Generator?.Invoke(steps, times);
        var monitor = new TokenMonitor(times, lessons.Watchdog is { } thresholds
            ? new Watchdog(thresholds, steps, lessons.Documents.Average(document => (double)document.Targets), fit.Warn)
            : null);
        using var state = new TrainState(model, fit.Training, objective.Weights)
        {
            Memories = generator is null ? [] : [generator, monitor],
        };
        var teacher = lessons.Teacher is { } given ? new TimedTeacher(given, times) : null;
        var learner = new Learner(fit.Name, state, objective)
        {
            Lesson = lessons.Lesson ?? new TokenLesson(teacher, fit.Training.Accumulate, data.Tokenizer.Tokenizer.Size)
            {
                StoredHead = lessons.StoredHead,
                Spans = lessons.Spans is { } spans ? new TimedSpanTeacher(spans, times) : null,
            },
            Generator = generator,
            Monitor = monitor,
        };
        if (batches is TokenBatches packed)
            fit.Note?.Invoke($"packing of {fit.Name}", string.Create(CultureInfo.InvariantCulture,
                $"{lessons.Documents.Count:N0} documents, {100 * packed.Filled:0.0} % of the rows' tokens are theirs"));
        if (model.RecomputesBlocks) fit.Note?.Invoke($"blocks of {fit.Name}", "computed again on the way back: less memory, a third more time");
        var plan = new TrainingPlan(fit.Name, fit.Stage, fit.Training, steps, fit.Seed, fit.Checkpoint);
        try
        {
            var outcome = new Trainer(device, events, progress).Train([learner], batches, _validation, plan, cancellation)[0];
            Save();
            ReportTimes(fit, teacher is not null || generator is not null || lessons.Spans is not null);
            return outcome;
        }
        catch (CollapsedException collapsed) when (collapsed.Sound)
        {
            Save(); // what it is rolled back to
            throw;
        }

        void Save()
        {
            data.Tokenizer.WriteTo(fit.Folder);
            if (adapters is not null)
            {
                AdapterCheckpoint.Save(AdapterCheckpoint.FolderIn(fit.Folder), model, adapters, fit.InitialFolder);
                adapters.Merge();
            }
            begun.Save(fit.Folder);
        }
    }

    private void ReportTimes(Fit fit, bool split)
    {
        if (!split) return;
        double Of(string name) => events.ReadBack(fit.Name, name).Sum();
        progress.Report(new StageProgress(fit.Stage, $"time of {fit.Name}", 0, 0, FormattableString.Invariant(
            $"generation {Of(TokenMonitor.Generation):0.0} s, scoring {Of(TokenMonitor.Scoring):0.0} s, training {Of(TokenMonitor.Training):0.0} s")));
    }

    /// <summary>With the numbers that it starts from.</summary>
    private LanguageCheckpoint Begin(Fit fit)
    {
        var seed = fit.Seed.Derive("init");
        if (fit.Model.From is null)
        {
            var config = LanguageBuilder.ConfigOf(fit.Model, data);
            var drawn = new LanguageCheckpoint(LanguageCheckpoint.Create(config), config, null);
            drawn.Model.Build(device, seed);
            return drawn;
        }
        using var origin = LanguageCheckpoint.Load(fit.InitialFolder, device);
        var (student, taken) = LanguageStudent.Of(origin, LanguageBuilder.PartOf(fit.Model, fit.Initial), device, seed);
        fit.Note?.Invoke($"first numbers of {fit.Name}", taken);
        var (sizes, tokens) = (student.Model.Sizes, data.Tokenizer.Tokenizer.Size);
        if (sizes.Vocabulary >= tokens && sizes.Positions >= data.ContextLength)
            return student with { Config = student.Config with { EndTokens = [.. data.Tokenizer.Ends] } };
        student.Dispose();
        throw new RetortException(fit.InitialFolder, $"knows {sizes.Vocabulary} tokens and {sizes.Positions} positions.",
            $"{tokens} tokens, as the texts have, and {data.ContextLength} positions, as data.contextLength says.",
            "name its own tokenizer in data.tokenizer, or lower data.contextLength.");
    }
}
