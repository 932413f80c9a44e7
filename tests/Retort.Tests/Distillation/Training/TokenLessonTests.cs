using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;
using Retort.Tests.Formats;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class TokenLessonTests : IDisposable
{
    private const int Context = 16;

    private static readonly TextDocument[] Documents = [.. Enumerable.Range(0, 24).Select(i =>
    {
        int[] tokens = [.. Enumerable.Range(0, 4 + i % 5).Select(place => new Seed(5).Below(9, (ulong)place, (ulong)i))];
        return new TextDocument($"text {i}", tokens, [.. tokens.Select((_, place) => place >= 1 + i % 3)]);
    })];

    private readonly CpuDevice _device = new(2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    /// <summary>The chunked heads of both give what logits that are there give: row losses, and an objective that is none.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HeadsAreAsLogits(bool composed)
    {
        using var student = Built(8, 1);
        using var teacher = new Known(Built(12, 2));
        WeightedSum Sum() => new(composed
            ? [new(new TotalVariation(), Schedule.Constant(0.5)), new(new HardLabel(), Schedule.Constant(2))]
            : [new(new SoftLabel(Schedule.Constant(2)), Schedule.Constant(0.5)), new(new HardLabel(), Schedule.Constant(2))]);
        var batch = Filled(6);
        var (loss, gradients) = Gradients(student, new TokenLesson(teacher), Sum(), batch);

        using var step = new Step(_device);
        step.Begin(training: true);
        var block = batch.Text!;
        var shape = new Shape(block.Rows, block.Length);
        var (tokens, documents) = (step.Constant(shape, block.Tokens(..)), step.Constant(shape, block.Documents(..)));
        var logits = step.Linear(Gpt.Rows(step, student.States(step, tokens, documents, packed: true)), student.Head);
        var said = step.Frozen(() => step.Linear(Gpt.Rows(step, teacher.Model.States(step, tokens, documents, packed: true)),
            teacher.Model.Head));
        var dense = Sum().Loss(step, new Signals(logits, block.Next(..).ToArray(), TeacherTarget.Logits(said)), 0).Loss;
        Assert.Equal(_device.ToDoubles(dense)[0], loss, 1e-5);
        step.Backward(dense);
        Close(_device.ToDoubles(student.Weights.Gradients), gradients);
    }

    /// <summary>What is read and not to be said does not count, nor does padding.</summary>
    [Fact]
    public void OnlyTokensThatAreToBeSaidCount()
    {
        using var student = Built(8, 1);
        var batch = new Batch(1, 0, 0, 0) { Count = 1, Text = new TokenBlock(1, Context) };
        double Loss(params TextDocument[] row)
        {
            batch.Text!.Fill([row]);
            return Gradients(student, new TokenLesson(null), Hard(), batch).Loss;
        }
        var (first, second) = (Documents[4], Documents[8]);
        var (alone, other) = (Loss(first), Loss(second));
        Assert.Equal((alone * first.Targets + other * second.Targets) / (first.Targets + second.Targets), Loss(first, second), 1e-5);
        var read = first with { Learnt = [.. first.Learnt.Select((learnt, i) => learnt && i < first.Tokens.Length - 1)] };
        Assert.NotEqual(alone, Loss(read), 1e-3);
    }

    /// <summary>The mean over the tokens of the whole batch, although its parts have unlike many.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(50)]
    public void PartsAddUpToTheWhole(int parts)
    {
        using var student = Built(8, 1);
        using var teacher = new Known(Built(12, 2));
        var batch = Filled(6);
        WeightedSum Sum() => new([new(new SoftLabel(Schedule.Constant(2)), Schedule.Constant(0.5)),
            new(new HardLabel(), Schedule.Constant(2)), new(new TotalVariation(), Schedule.Constant(1))]);
        var whole = Gradients(student, new TokenLesson(teacher), Sum(), batch);
        var apart = Gradients(student, new TokenLesson(teacher, parts), Sum(), batch);
        Assert.Equal(whole.Loss, apart.Loss, 1e-5);
        Close(whole.Gradients, apart.Gradients);
    }

    /// <summary>Two tasks: (1 − share)·the mean of the first half's tokens + share·that of the second's, however many.</summary>
    [Fact]
    public void EachTaskHasItsShare()
    {
        using var student = Built(8, 1);
        var (first, second) = (Documents[4], Documents[7]);
        double Loss(TokenLesson lesson, params TextDocument[] rows)
        {
            var batch = new Batch(2, 0, 0, 0) { Count = rows.Length, Text = new TokenBlock(2, Context) };
            batch.Text!.Fill([.. rows.Select(row => (IReadOnlyList<TextDocument>)[row])]);
            return Gradients(student, lesson, Hard(), batch).Loss;
        }
        var (one, other) = (Loss(new TokenLesson(null), first), Loss(new TokenLesson(null), second));
        Assert.NotEqual(first.Targets, second.Targets);
        Assert.Equal(0.25 * one + 0.75 * other,
            Loss(new TokenLesson(null, 2) { ShareOf = (_, part) => part == 0 ? 0.25 : 0.75 }, first, second), 1e-5);
    }

    /// <summary>A student's own words count for what the teacher says about them, and never as a truth.</summary>
    [Fact]
    public void AStudentsOwnWordsAreNobodysTruth()
    {
        using var student = Built(8, 1);
        using var teacher = new Known(Built(12, 2));
        WeightedSum Soft(params WeightedTerm[] more) => new([new(new SoftLabel(Schedule.Constant(1)), Schedule.Constant(0.5)), .. more]);
        var hard = new WeightedTerm(new HardLabel(), Schedule.Constant(2));
        var given = Filled(6);
        var own = new Batch(6, 0, 0, 0) { Count = given.Count, Text = given.Text, Author = Author.Student };
        var lesson = new TokenLesson(teacher, 2);
        Close(Gradients(student, lesson, Soft(), given).Gradients, Gradients(student, lesson, Soft(hard), own).Gradients);
        Assert.NotEqual(Gradients(student, lesson, Soft(hard), given).Loss, Gradients(student, lesson, Soft(hard), own).Loss, 1e-2);
    }

    /// <summary>Two models that answer alike accept all of each other; of two terms each has its share of the gradient.</summary>
    [Fact]
    public void ALookSaysHowBothStand()
    {
        using var student = Built(8, 1);
        using var same = new Known(student);
        using var other = new Known(Built(12, 2));
        Dictionary<string, double> Look(ITokenTeacher teacher)
        {
            using var state = new TrainState(student, new TrainingRecipe());
            using var step = new Step(_device);
            using var ratio = new GradientRatio(_device);
            step.Begin(training: true);
            var learner = new Learner("student", state, new WeightedSum([new(new SoftLabel(Schedule.Constant(1)), Schedule.Constant(1)),
                new(new HardLabel(), Schedule.Constant(1)) { Hard = true }]));
            var value = new TokenLesson(teacher).Loss(step, learner, Filled(6), new LessonPlace(0, 0, 0, default, ratio));
            return value.Measures!.ToDictionary(measure => measure.Name, measure => measure.Value);
        }
        var (alike, apart) = (Look(same), Look(other));
        Assert.Equal(0, alike["kl"], 1e-6);
        Assert.Equal(1, alike["acceptance"], 1e-6);
        Assert.Equal(alike["entropy/teacher"], alike["entropy/student"], 1e-6);
        Assert.Equal(1, alike["gradient_share/hard-label"], 1e-4);
        Assert.True(apart["kl"] > 0.01 && apart["acceptance"] < 0.99, "models that differ look alike");
        Assert.Equal(alike["entropy/student"], apart["entropy/student"], 1e-6);
        Assert.InRange(apart["gradient_share/soft-label"], 0.05, 0.95);
        Assert.Equal(1, apart["gradient_share/soft-label"] + apart["gradient_share/hard-label"], 1e-9);
        Assert.InRange(apart["entropy/teacher"], 0.1, Math.Log(9));
        Assert.InRange(apart["outside_mass"], 0, 1);
    }

    /// <summary>Padding gets no probability and learns nothing, on either side: as if its logits were −∞, not 0.</summary>
    [Fact]
    public void RowsThatAreNobodysTakeNoPart()
    {
        const int Tokens = 9;
        WeightedSum Sum() => new([new(new SoftLabel(Schedule.Constant(2)), Schedule.Constant(0.5)),
            new(new HardLabel(), Schedule.Constant(2))]);
        using var plain = Built(8, 1, Tokens, tied: false);
        using var padded = Built(8, 1, Tokens + 7, tied: false);
        using var teacher = new Known(Built(12, 2, Tokens, tied: false));
        using var large = new Known(Built(12, 2, Tokens + 7, tied: false));
        foreach (var (from, to) in ((Gpt, Gpt)[])[(plain, padded), (teacher.Model, large.Model)])
            foreach (var parameter in from.Weights.Parameters)
            {
                var target = to.Weights.Parameters.Single(other => other.Name == parameter.Name).Value;
                var numbers = _device.ToFloats(target);
                Array.Fill(numbers, 3); // rows of padding that would be likely
                _device.ToFloats(parameter.Value).CopyTo(numbers, 0);
                _device.Write(target, numbers);
            }
        var batch = Filled(6);
        var expected = Gradients(plain, new TokenLesson(teacher), Sum(), batch);
        var (loss, gradients) = Gradients(padded, new TokenLesson(large, tokens: Tokens), Sum(), batch);
        Assert.Equal(expected.Loss, loss, 1e-6);
        Assert.NotEqual(loss, Gradients(padded, new TokenLesson(large), Sum(), batch).Loss, 1e-2);
        var head = padded.Weights.Parameters.Single(parameter => parameter.Name == "lm_head.weight");
        var rows = gradients.AsSpan((int)head.Offset, (int)head.Shape.Count).ToArray();
        Assert.All(rows[(Tokens * 8)..], gradient => Assert.Equal(0, gradient));
        Assert.Contains(rows[..(Tokens * 8)], gradient => gradient != 0);
    }

    [Fact]
    public void BatchesDoNotDependOnTheOrderOfAsking()
    {
        var forwards = new TokenBatches(Documents, Context, 3, new Seed(4));
        var backwards = new TokenBatches(Documents, Context, 3, new Seed(4));
        var seen = new Dictionary<long, int[]>();
        var batch = forwards.CreateBatch();
        for (var update = 0L; update < 3 * forwards.StepsPerEpoch; update++)
        {
            forwards.Fill(update, batch);
            seen[update] = batch.Text!.Tokens(..).ToArray();
        }
        for (var update = 3L * forwards.StepsPerEpoch - 1; update >= 0; update--)
        {
            backwards.Fill(update, batch);
            Assert.Equal(seen[update], batch.Text!.Tokens(..).ToArray());
        }
        Assert.NotEqual(seen[0], seen[forwards.StepsPerEpoch]);
        Assert.InRange(forwards.Filled, 0.8, 1);
    }

    /// <summary>Stopped and gone on with, in parts and with a teacher: the bits of the run that was not stopped.</summary>
    [Fact]
    public void ResumedIsAsUninterrupted()
    {
        var whole = Train("whole", null);
        Assert.Throws<OperationCanceledException>(() => Train("broken", 7));
        Assert.Equal(whole, Train("broken", null));
    }

    private float[] Train(string name, long? stopAt)
    {
        using var teacher = new Known(Built(12, 2));
        using var objective = new WeightedSum([new(new SoftLabel(Schedule.Constant(1)), Schedule.Constant(1))]);
        var recipe = new TrainingRecipe { LearningRate = 0.01, CheckpointSteps = 5, WarmupSteps = 2 };
        using var student = Built(8, 1);
        using var state = new TrainState(student, recipe);
        using var stop = new CancellationTokenSource();
        using var events = EventLog.Open(_folder.At($"{name}-{stopAt}.jsonl"), TimeProvider.System);
        var plan = new TrainingPlan(name, "train", recipe, 16, new Seed(3), _folder.At(name + ".safetensors"))
        {
            AfterUpdate = number =>
            {
                if (number == stopAt) throw new OperationCanceledException(); // killed, with the checkpoint of update 5
            },
        };
        var validation = new TokenValidation(new TextPart(Documents[..4], []), Context, int.MaxValue);
        new Trainer(_device, events, new Progress<StageProgress>()).Train(
            [new Learner("student", state, objective) { Lesson = new TokenLesson(teacher, 2) }],
            new TokenBatches(Documents, Context, 3, new Seed(4)), validation, plan, stop.Token);
        return _device.ToFloats(student.Weights.Flat);
    }

    private (double Loss, double[] Gradients) Gradients(Gpt student, TokenLesson lesson, WeightedSum objective, Batch batch)
    {
        using var state = new TrainState(student, new TrainingRecipe());
        var learner = new Learner("student", state, objective);
        using var step = new Step(_device);
        var loss = 0.0;
        for (var part = 0; part < lesson.PartsOf(batch); part++)
        {
            if (part == 0) step.Begin(training: true);
            else step.Continue();
            var value = lesson.Loss(step, learner, batch, new LessonPlace(0, 0, part, default, null));
            loss += _device.ToDoubles(value.Loss)[0];
            step.Backward(value.Loss);
        }
        return (loss, _device.ToDoubles(student.Weights.Gradients));
    }

    private static WeightedSum Hard() => new([new(new HardLabel(), Schedule.Constant(1))]);

    private static Batch Filled(int rows)
    {
        var batches = new TokenBatches(Documents, Context, rows, new Seed(4));
        var batch = batches.CreateBatch();
        batches.Fill(0, batch);
        return batch;
    }

    private Gpt Built(int width, ulong seed, int vocabulary = 9, bool tied = true)
    {
        var model = new Gpt(new GptShape(vocabulary, width, 1, 2, 1, width / 2, 2 * width, Context, tied));
        model.Build(_device, new Seed(seed));
        // of drawn first values nothing is learnt: their logits are all alike
        _device.Write(model.Weights.Flat, [.. _device.ToFloats(model.Weights.Flat).Select(weight => weight == 1 ? 1 : 20 * weight)]);
        return model;
    }

    private static void Close(double[] expected, double[] actual)
    {
        var largest = expected.Max(Math.Abs);
        Assert.True(largest > 1e-3, "no gradient");
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5 * largest);
    }

    private sealed class Known(Gpt model) : ITokenTeacher, IDisposable
    {
        public Gpt Model => model;

        public TeacherHead Answer(Step step, Tensor tokens, Tensor documents, Tensor places) => step.Frozen(() => new TeacherHead(
            step.Embedding(Gpt.Rows(step, model.States(step, tokens, documents, packed: true)), places), model.Head));

        public void Dispose() => model.Dispose();
    }
}
