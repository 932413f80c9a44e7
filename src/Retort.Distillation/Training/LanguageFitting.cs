using System.Globalization;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Objectives;
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
    /// <summary>Where batches come from in place of the documents: on-policy answers, stored labels; null = the documents.</summary>
    public Func<Fit, IBatchSource>? Batches { get; init; }

    /// <summary>How a batch becomes a loss in place of <see cref="TokenLesson"/>; null = that.</summary>
    public ILesson? Lesson { get; init; }
}

/// <summary>Builds a language model, trains it and saves it with its tokenizer, as a folder of the Hugging Face layout.</summary>
public sealed class LanguageFitting(Device device, TextData data, EventLog events, IProgress<StageProgress> progress) : IFitting
{
    private readonly TokenValidation _validation = new(data.Validation, data.ContextLength);

    public string ScoreName => _validation.ScoreName;

    public (double Score, double Loss) Run(Fit fit, CancellationToken cancellation)
    {
        var lessons = fit.Tokens ?? throw new ArgumentException("No documents.", nameof(fit));
        var batches = lessons.Batches?.Invoke(fit)
            ?? new TokenBatches(lessons.Documents, data.ContextLength, fit.Training.BatchSize, fit.Seed);
        var steps = Math.Max(1, (long)(batches.StepsPerEpoch * (long)fit.Training.Epochs * fit.StepShare));
        var config = LanguageBuilder.ConfigOf(fit.Model, data);
        using var model = LanguageCheckpoint.Create(config);
        model.RecomputesBlocks = fit.Training.RecomputeBlocks;
        model.Build(device, fit.Seed.Derive("init"));
        using var objective = ObjectiveBuilder.Create(fit.Objective, new ObjectiveSurroundings(steps, model.Classes,
            lessons.Documents.Count, new Dictionary<string, Shape>(), new Dictionary<string, Shape>()));
        objective.Build(device, fit.Seed.Derive("objective"));
        using var state = new TrainState(model, fit.Training, objective.Weights);
        var learner = new Learner(fit.Name, state, objective)
        {
            Lesson = lessons.Lesson ?? new TokenLesson(lessons.Teacher, fit.Training.Accumulate, data.Tokenizer.Tokenizer.Size),
        };
        if (batches is TokenBatches packed)
            fit.Note?.Invoke($"packing of {fit.Name}", string.Create(CultureInfo.InvariantCulture,
                $"{lessons.Documents.Count:N0} documents, {100 * packed.Filled:0.0} % of the rows' tokens are theirs"));
        if (model.RecomputesBlocks) fit.Note?.Invoke($"blocks of {fit.Name}", "computed again on the way back: less memory, a third more time");
        var plan = new TrainingPlan(fit.Name, fit.Stage, fit.Training, steps, fit.Seed, fit.Checkpoint);
        var outcome = new Trainer(device, events, progress).Train([learner], batches, _validation, plan, cancellation)[0];
        data.Tokenizer.WriteTo(fit.Folder);
        new LanguageCheckpoint(model, config, null).Save(fit.Folder);
        return outcome;
    }
}
