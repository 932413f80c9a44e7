using Retort.Checkpoints;
using Retort.Data;
using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Objectives;
using Retort.Runs;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Training;

/// <summary>Builds a masked-language model, trains it on a corpus and saves it, as a folder of the Hugging Face layout.</summary>
/// <param name="device">Where it learns.</param>
/// <param name="data">Its corpus, and the tokenizer of its texts.</param>
/// <param name="share">Of tokens that are to be guessed.</param>
/// <param name="events">The log.</param>
/// <param name="progress">Told how far it is.</param>
public sealed class MaskedFitting(Device device, DataSplits data, double share, EventLog events, IProgress<StageProgress> progress)
{
    private readonly Masking _masking = new((EncoderTokenizer)data.Train.Texts!.Encoding, share);

    /// <summary>By which models that were trained here are compared; nothing is chosen by it.</summary>
    public MaskedValidation HeldOut => new(data.Corpus!.HeldOut, _masking, new Seed(0).Derive("held out"));

    /// <param name="fit">What to train; its objective may name hidden states of the teacher.</param>
    /// <param name="teacherFolder">A masked-language model that answers along; null = nobody.</param>
    /// <param name="cancellation">Stops between updates.</param>
    public void Run(Fit fit, string? teacherFolder, CancellationToken cancellation)
    {
        using var teacher = teacherFolder is null ? null : EncoderCheckpoint.Load(teacherFolder, device);
        using var model = Build(fit);
        var batches = new MaskedBatches(data.Corpus!.Train, _masking, fit.Training.BatchSize, fit.Seed);
        var steps = Math.Max(1, batches.StepsPerEpoch * (long)fit.Training.Epochs);
        var pairs = fit.Objective.SelectMany(term => term.Features).ToList();
        model.Watch(pairs.Select(pair => pair.Student));
        teacher?.Model.Watch(pairs.Select(pair => pair.Teacher));
        using var objective = ObjectiveBuilder.Create(fit.Objective, new ObjectiveSurroundings(steps, model.Classes,
            data.Corpus.Train.Count, TapShapes.Of(model, device),
            teacher is null ? new Dictionary<string, Shape>() : TapShapes.Of(teacher.Model, device)));
        objective.Build(device, fit.Seed.Derive("objective"));
        using var state = new TrainState(model, fit.Training, objective.Weights);
        var learner = new Learner(fit.Name, state, objective) { Lesson = new MaskedLesson(teacher?.Model) };
        var plan = new TrainingPlan(fit.Name, fit.Stage, fit.Training, steps, fit.Seed, fit.Checkpoint);
        var (_, loss) = new Trainer(device, events, progress).Train([learner], batches, HeldOut, plan, cancellation)[0];
        fit.Note?.Invoke($"masked loss of {fit.Name}", FormattableString.Invariant($"{loss:0.0000} nats on held-out texts"));
        data.Train.Texts!.Encoding.WriteTo(fit.Folder);
        new EncoderCheckpoint(model, EncoderCheckpoint.ConfigOf(model, [])).Save(fit.Folder);
    }

    private Bert Build(Fit fit)
    {
        var seed = fit.Seed.Derive("init");
        if (fit.Initial is { } initial)
        {
            using var whole = EncoderCheckpoint.Load(fit.InitialFolder, device);
            var (part, taken) = EncoderStudent.Of(whole, StudentFromTeacher.PartOf(initial, fit.Model), device, seed);
            fit.Note?.Invoke("first weights", taken);
            return part.Model;
        }
        var shape = ModelBuilder.ShapeOf(fit.Model, data.Train.ExampleShape, fit.Model.Vocabulary);
        var model = new Bert(shape with { Masked = true });
        model.Build(device, seed);
        return model;
    }
}
