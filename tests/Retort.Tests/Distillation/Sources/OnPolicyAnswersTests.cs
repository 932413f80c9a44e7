using Retort.Data.Text;
using Retort.Nn.Generation;
using Retort.Nn.Models;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;
using Retort.Tests.Formats;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

public sealed class OnPolicyAnswersTests : IDisposable
{
    private const int Context = 16;

    private static readonly TextTokenizer Letters = TextTokenizer.OfCharacters("abcdefgh");

    private static readonly TextDocument[] Documents = [.. Enumerable.Range(0, 24).Select(i =>
    {
        int[] tokens = [.. Enumerable.Range(0, 4 + i % 5).Select(place => 1 + new Seed(5).Below(8, (ulong)place, (ulong)i)), 0];
        return new TextDocument($"text {i}", tokens, [.. tokens.Select((_, place) => place >= 1 + i % 3)]);
    })];

    private static readonly TextData Data = new(new TextPart(Documents, []), new TextPart(Documents[..4], []),
        new TextPart(Documents[..4], []), Letters, Context);

    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    private static OnPolicyRecipe Share(double share) => new() { Share = new ScheduleRecipe { From = share, To = share } };

    private static OnPolicyAnswers Answers(OnPolicyRecipe recipe, SamplingRecipe? sampling = null, Gpt? teacher = null) =>
        new(recipe, sampling ?? new SamplingRecipe(), Data, 100, new Seed(9), new WorkTimes(TimeProvider.System), teacher);

    [Fact]
    public void AShareOfNoneLeavesEveryBatch()
    {
        using var student = Built(8, 1);
        var (answers, batch) = (Answers(Share(0)), Filled());
        for (var update = 0; update < 50; update++) Assert.Same(batch, answers.Next(update, student, batch));
    }

    /// <summary>The prompts of the batch, and what the model says to them with the weights that it has in this update.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheStudentOrTheTeacherAnswersThePrompts(bool asksTeacher)
    {
        using var student = Built(8, 1);
        using var teacher = Built(12, 2);
        var batch = Filled();
        var next = Answers(Share(1), new SamplingRecipe { Temperature = 0 }, asksTeacher ? teacher : null).Next(3, student, batch);
        Assert.Equal(asksTeacher ? Author.Teacher : Author.Student, next.Author);
        Assert.Equal(batch.Text!.Texts.Count, next.Text!.Texts.Count);
        var room = Context - batch.Text.Texts.Max(asked => asked.Prompt.Length);
        var expected = batch.Text.Texts.Select(asked => string.Join(' ', asked.Prompt.Concat(
            new Decoding { NewTokens = room, EndTokens = [0] }.Answers(asksTeacher ? teacher : student, [asked.Prompt])[0].Tokens)));
        Assert.Equal(expected.Order(), next.Text.Texts.Select(answer => string.Join(' ', answer.Tokens)).Order());
        Assert.Equal(next.Text.Texts.Sum(answer => answer.Targets), next.Text.Targets);
        Assert.All(next.Text.Texts, answer => Assert.Contains(batch.Text.Texts, asked => asked.Prompt.SequenceEqual(answer.Prompt)));
    }

    /// <summary>By the number of the update alone; about as often as the share says; never in the warm-up.</summary>
    [Fact]
    public void ADrawDecidesEachUpdate()
    {
        using var student = Built(8, 1);
        var batch = Filled();
        var recipe = Share(0.5) with { WarmUpSteps = 10 };
        bool[] Turns(IEnumerable<int> updates)
        {
            var answers = Answers(recipe, new SamplingRecipe { MaxNewTokens = 1 });
            return [.. updates.Select(update => (update, On: answers.Next(update, student, batch) != batch))
                .OrderBy(turn => turn.update).Select(turn => turn.On)];
        }
        var forwards = Turns(Enumerable.Range(0, 90));
        Assert.Equal(forwards, Turns(Enumerable.Range(0, 90).Reverse()));
        Assert.DoesNotContain(true, forwards[..10]);
        Assert.InRange(forwards.Count(on => on), 25, 55);
        var rising = Answers(new OnPolicyRecipe { Share = new ScheduleRecipe { Kind = "linear", From = 0, To = 1 } });
        Assert.Equal((0, 0.25, 1), (rising.ShareAt(0), rising.ShareAt(25), rising.ShareAt(100)));
    }

    [Fact]
    public void AnAdaptiveShareRisesWithTheValidationLoss()
    {
        var (adaptive, constant) = (Answers(Share(0.2) with { Schedule = "adaptive" }), Answers(Share(0.2)));
        foreach (var loss in (double[])[2, 1, 1.05, 1.2])
        {
            adaptive.Measured(loss);
            constant.Measured(loss);
        }
        Assert.Equal(0.3, adaptive.ShareAt(50), 1e-12);
        Assert.Equal(0.2, constant.ShareAt(50), 1e-12);
        var resumed = Answers(Share(0.2) with { Schedule = "adaptive" });
        resumed.Recall(adaptive.Remembered());
        resumed.Measured(1.3);
        Assert.Equal(0.4, resumed.ShareAt(50), 1e-12);
    }

    /// <summary>What the buffer has is not written again.</summary>
    [Fact]
    public void AnswersAreUsedAgain()
    {
        using var student = Built(8, 1);
        var batch = Filled();
        var answers = Answers(Share(1) with { Replay = new ReplayRecipe { Reuse = 1 } });
        string Said(Batch next) => string.Join(' ', next.Text!.Texts.SelectMany(answer => answer.Tokens).Order());
        var first = Said(answers.Next(0, student, batch));
        Assert.Equal(first, Said(answers.Next(1, student, batch)));
        Assert.Equal(first, Said(answers.Next(50, student, batch)));
        Assert.NotEqual(first, Said(answers.Next(51, student, batch)));
    }

    /// <summary>Stopped and gone on with, buffer and all: the bits of the run that was not stopped.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ResumedIsAsUninterrupted(bool replays)
    {
        var whole = Train("whole", null, replays);
        Assert.Throws<OperationCanceledException>(() => Train("broken", 13, replays));
        Assert.Equal(whole, Train("broken", null, replays));
    }

    private float[] Train(string name, long? stopAt, bool replays)
    {
        using var teacher = Built(12, 2);
        using var objective = new WeightedSum([new(new SoftLabel(Schedule.Constant(1)), Schedule.Constant(1)),
            new(new HardLabel(), Schedule.Constant(0.5))]);
        var recipe = new TrainingRecipe { LearningRate = 0.01, CheckpointSteps = 5 };
        using var student = Built(8, 1);
        var answers = Answers(Share(0.7) with { Replay = replays ? new ReplayRecipe { Staleness = 6, Reuse = 0.8 } : null });
        using var state = new TrainState(student, recipe) { Memories = [answers] };
        using var events = EventLog.Open(_folder.At($"{name}-{stopAt}.jsonl"), TimeProvider.System);
        var plan = new TrainingPlan(name, "train", recipe, 24, new Seed(3), _folder.At(name + ".safetensors"))
        {
            AfterUpdate = number =>
            {
                if (number == stopAt) throw new OperationCanceledException(); // killed, with the checkpoint of update 10
            },
        };
        new Trainer(_device, events, new Progress<StageProgress>()).Train(
            [new Learner("student", state, objective) { Lesson = new TokenLesson(new Known(teacher), 2), Generator = answers }],
            new TokenBatches(Documents, Context, 3, new Seed(4)), new TokenValidation(Data.Validation, Context, int.MaxValue), plan,
            default);
        return _device.ToFloats(student.Weights.Flat);
    }

    private static Batch Filled()
    {
        var batches = new TokenBatches(Documents, Context, 3, new Seed(4));
        var batch = batches.CreateBatch();
        batches.Fill(0, batch);
        return batch;
    }

    private Gpt Built(int width, ulong seed)
    {
        var model = new Gpt(new GptShape(9, width, 1, 2, 1, width / 2, 2 * width, Context, TiedHead: true));
        model.Build(_device, new Seed(seed));
        // of drawn first values nothing is learnt: their logits are all alike
        _device.Write(model.Weights.Flat, [.. _device.ToFloats(model.Weights.Flat).Select(weight => weight == 1 ? 1 : 20 * weight)]);
        return model;
    }

    private sealed class Known(Gpt model) : ITokenTeacher
    {
        public TeacherHead Answer(Step step, Tensor tokens, Tensor documents, Tensor places) => step.Frozen(() => new TeacherHead(
            step.Embedding(Gpt.Rows(step, model.States(step, tokens, documents, packed: true)), places), model.Head));
    }
}
