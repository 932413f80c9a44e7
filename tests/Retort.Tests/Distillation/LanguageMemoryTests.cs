using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Formats.HuggingFace;
using Retort.Nn.Models;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Recipes;
using Retort.Sources;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation;

/// <summary>What a plan says that a training takes, against what it takes.</summary>
public sealed class LanguageMemoryTests : IDisposable
{
    private const int Context = 48, Vocabulary = 700;

    private readonly CpuDevice _device = new(1);

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(32, 4, 12, 1, false, false)]
    [InlineData(32, 4, 12, 1, true, false)]
    [InlineData(32, 4, 12, 3, false, false)]
    [InlineData(64, 1, 8, 1, false, true)]
    [InlineData(32, 6, 16, 1, false, true)]
    [InlineData(32, 6, 16, 2, true, true)]
    [InlineData(8, 1, 16, 1, true, true)]
    public void APlanIsWithinATenthOfWhatIsTaken(int width, int layers, int batch, int accumulate, bool again, bool taught)
    {
        var config = Config(width, layers);
        var training = new TrainingRecipe { BatchSize = batch, Accumulate = accumulate, RecomputeBlocks = again };
        var teacher = taught ? Config(48, 3) : null;
        var planned = LanguageMemory.Of(config, training, teacher, Context, 0.75, _device);

        using var model = Built(config, again);
        using var known = teacher is null ? null : new Known(Built(teacher, true));
        known?.Model.Weights.Freeze(DataType.Float32);
        using var objective = new WeightedSum(taught ? [new(new SoftLabel(Schedule.Constant(1)), Schedule.Constant(1))]
            : [new(new HardLabel(), Schedule.Constant(1))]);
        using var state = new TrainState(model, training);
        var (learner, lesson) = (new Learner("student", state, objective), new TokenLesson(known, accumulate));
        var batches = new TokenBatches([.. Enumerable.Range(0, 2 * batch).Select(Document)], Context, batch, new Seed(1));
        var filled = batches.CreateBatch();
        using var step = new Step(_device);
        for (var update = 0L; update < 2; update++)
        {
            batches.Fill(update, filled);
            for (var part = 0; part < lesson.PartsOf(filled); part++)
            {
                if (part == 0) step.Begin(training: true);
                else step.Continue();
                step.Backward(lesson.Loss(step, learner, filled, new LessonPlace(update, 0, part, default, null)).Loss);
            }
        }
        var moments = state.Optimizer.State.Sum(tensor => tensor.Value.Shape.Count * sizeof(float));
        Near(step.HighWaterBytes, planned.Step);
        Near(model.Weights.Bytes + model.Weights.GradientBytes + moments + (known?.Model.Weights.Bytes ?? 0), planned.Fixed);
    }

    [Fact]
    public void BlocksThatAreComputedAgainTakeAPartOfIt()
    {
        long Step(bool again) => LanguageMemory.Of(Config(32, 8), new TrainingRecipe { BatchSize = 8, RecomputeBlocks = again }, null,
            Context, 1, _device).Step;
        Assert.InRange(Step(true), 1, Step(false) / 2);
    }

    private static void Near(long measured, long planned) => Assert.InRange(planned, 0.9 * measured, 1.1 * measured);

    private static TextDocument Document(int number) => new($"text {number}",
        [.. Enumerable.Range(0, Context).Select(place => (number * 31 + place * 7) % Vocabulary)],
        [.. Enumerable.Range(0, Context).Select(place => place >= Context / 4)]);

    private static CausalConfig Config(int width, int layers) => new()
    {
        Family = CausalFamily.Llama, VocabularySize = Vocabulary, HiddenSize = width, IntermediateSize = 3 * width, Layers = layers,
        Heads = 2, KeyValueHeads = 1, HeadWidth = width / 2, Positions = Context, Rope = new RopeConfig(RopeKind.Default, 10_000),
        Windows = [.. Enumerable.Repeat(0, layers)],
    };

    private Gpt Built(CausalConfig config, bool again)
    {
        var model = LanguageCheckpoint.Create(config);
        model.RecomputesBlocks = again;
        model.Build(_device, new Seed(2));
        return model;
    }

    private sealed class Known(Gpt model) : ITokenTeacher, IDisposable
    {
        public Gpt Model => model;

        public TeacherHead Answer(Step step, Tensor tokens, Tensor documents, Tensor places) =>
            TextTeacher.Answer(step, model, tokens, documents, places);

        public void Dispose() => model.Dispose();
    }
}
