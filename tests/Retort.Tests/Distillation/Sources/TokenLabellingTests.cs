using Retort.Checkpoints;
using Retort.Data;
using Retort.Data.Text;
using Retort.Formats.HuggingFace;
using Retort.Nn.Models;
using Retort.Nn.Schedules;
using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

/// <summary>A teacher's word about each token: written once, the same after a kill, learnt as if it had been said in the loop.</summary>
public sealed class TokenLabellingTests : IDisposable
{
    private const int Rows = 8;

    private readonly CpuDevice _device = new(2);
    private readonly TemporaryFolder _folder = new();
    private readonly TextData _data = Sums(50);

    public TokenLabellingTests() => Save("teacher", 5);

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    /// <summary>All ids, so that nothing is left out but what the codec rounds: a byte by 4.2 %, a half by 0.4 %.</summary>
    [Theory]
    [InlineData("{kind: top-k, keep: 100%, codec: topk-f16}", 1, 0.004)]
    [InlineData("{kind: top-k, keep: 100%, codec: topk-f16}", 3, 0.004)]
    [InlineData("{kind: top-k, keep: 100%}", 1, 0.05)]
    public void AllIdsTeachAsTheLiveTeacherDoes(string labels, int parts, double step)
    {
        Write(labels, "labels");
        using var stored = Labelling(labels).Open(_folder.At("labels"));
        using var teacher = TextTeacher.Open(_folder.At("teacher"), _data, _device);
        using var student = Model(3);
        var (live, pulled) = Learn(student, new TokenLesson(teacher), new TokenBatches(_data.Train.Documents, 24, Rows, new Seed(4)));
        var (read, drawn) =
            Learn(student, new TokenLesson(null, parts), new TokenBatches(_data.Train.Documents, 24, Rows, new Seed(4), stored));
        Assert.True(live > 0.5, $"student and teacher agree: {live}");
        Assert.Equal(live, read, step * live);
        var largest = pulled.Max(Math.Abs);
        for (var i = 0; i < pulled.Length; i++) Assert.Equal(pulled[i], drawn[i], step * largest);
    }

    /// <summary>The mass beyond the kept ids is one more outcome, so that the divergence is below that of all ids.</summary>
    [Fact]
    public void FewIdsTeachLess()
    {
        double Loss(string labels)
        {
            Write(labels, labels[^3..^1]);
            using var stored = Labelling(labels).Open(_folder.At(labels[^3..^1]));
            using var student = Model(3);
            return Learn(student, new TokenLesson(null), new TokenBatches(_data.Train.Documents, 24, Rows, new Seed(4), stored)).Loss;
        }
        var (few, all) = (Loss("{kind: top-k, codec: topk-f16, keep: 3 }"), Loss("{kind: top-k, codec: topk-f16, keep: 18}"));
        Assert.InRange(few, 0.1 * all, 0.99 * all);
    }

    [Theory]
    [InlineData("{kind: top-k, keep: 5}")]
    [InlineData("{kind: sampled, draws: 20}")]
    public void KilledAndGoneOnWithItIsTheSame(string labels)
    {
        Write(labels, "whole");
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Write(labels, "broken", stop));
        var journal = Assert.Single(Directory.GetFiles(_folder.At("broken"), "*.wip"));
        using (var cut = File.Open(journal, FileMode.Open)) cut.SetLength(cut.Length - 5); // killed while it wrote
        Write(labels, "broken");
        string[] Names(string name) =>
            [.. Directory.GetFiles(_folder.At(name)).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        Assert.Equal(Names("whole"), Names("broken"));
        foreach (var name in Names("whole"))
            Assert.Equal(File.ReadAllBytes(_folder.At($"whole/{name}")), File.ReadAllBytes(_folder.At($"broken/{name}")));
    }

    [Fact]
    public void LabelsOfSomethingElseAreRefused()
    {
        const string Labels = "{kind: top-k, keep: 5}";
        Write(Labels, "labels");
        string Refusal(string labels, TextData data, string teacher = "teacher") => Assert.Throws<RetortException>(() =>
            Labelling(labels, data, teacher).Open(_folder.At("labels"))).Message;
        Assert.Contains("has keep rule 5.\n  expected 6.", Refusal("{kind: top-k, keep: 6}", _data), StringComparison.Ordinal);
        Assert.Contains("has codec topk-q8.", Refusal("{kind: sampled}", _data), StringComparison.Ordinal);
        Assert.Contains("has source data SHA-256", Refusal(Labels, Sums(50, seed: 2)), StringComparison.Ordinal);
        Assert.Contains("has number of documents 50", Refusal(Labels, Sums(49)), StringComparison.Ordinal);
        var other = TextTokenizer.OfCharacters(string.Concat(Enumerable.Range('a', 17).Select(letter => (char)letter)));
        Assert.Equal(_data.Tokenizer.Tokenizer.Size, other.Tokenizer.Size);
        Assert.Contains("has tokenizer SHA-256", Refusal(Labels, _data with { Tokenizer = other }), StringComparison.Ordinal);
        Save("other", 6);
        Assert.Contains("has teacher SHA-256", Refusal(Labels, _data, "other"), StringComparison.Ordinal);
    }

    private static TextData Sums(int train, ulong seed = 1) => TextDataReader.Read(
        new DataRecipe { Source = "arithmetic", Train = train, Validation = 1, Test = 1, Terms = 2, TestTerms = 2, ContextLength = 24 }, "",
        null, seed);

    private TokenLabelling Labelling(string labels, TextData? data = null, string teacher = "teacher",
        IProgress<StageProgress>? progress = null) =>
        new(RecipeReader.Read($$"""
            name: sums
            data: {source: arithmetic}
            teacher: {source: checkpoint, path: teacher}
            student:
              model: {kind: gpt, width: 8, layers: 1, heads: 2}
            labels: {{labels}}

            """, "sums.yaml"), data ?? _data, _folder.At(teacher), _device, progress ?? new Progress<StageProgress>());

    private void Write(string labels, string name, CancellationTokenSource? stopsAfterTheFirstGroup = null)
    {
        using var teacher = TextTeacher.Open(_folder.At("teacher"), _data, _device);
        Labelling(labels, progress: new Watcher(line =>
        {
            if (line.Done > 0) stopsAfterTheFirstGroup?.Cancel();
        })).Write(teacher.Model, _folder.At(name), stopsAfterTheFirstGroup?.Token ?? CancellationToken.None);
    }

    private (double Loss, double[] Gradients) Learn(Gpt student, TokenLesson lesson, TokenBatches batches)
    {
        using var objective = new WeightedSum([new(new SoftLabel(Schedule.Constant(1)), Schedule.Constant(1))]);
        using var state = new TrainState(student, new TrainingRecipe());
        using var step = new Step(_device);
        var batch = batches.CreateBatch();
        batches.Fill(1, batch);
        var loss = 0.0;
        for (var part = 0; part < lesson.PartsOf(batch); part++)
        {
            if (part == 0) step.Begin(training: true);
            else step.Continue();
            var value = lesson.Loss(step, new Learner("student", state, objective), batch, new LessonPlace(0, 0, part, default, null));
            loss += _device.ToDoubles(value.Loss)[0];
            step.Backward(value.Loss);
        }
        return (loss, _device.ToDoubles(student.Weights.Gradients));
    }

    private CausalConfig Config =>
        LanguageBuilder.ConfigOf(new ModelRecipe { Kind = "gpt", Width = 8, Layers = 1, Heads = 2, TiedHead = true }, _data);

    private void Save(string name, ulong seed)
    {
        using var model = Model(seed);
        new LanguageCheckpoint(model, Config, null).Save(_folder.At(name));
    }

    /// <summary>Sure of something: of drawn first values all logits are alike.</summary>
    private Gpt Model(ulong seed)
    {
        var model = LanguageCheckpoint.Create(Config);
        model.Build(_device, new Seed(seed));
        _device.Write(model.Weights.Flat, [.. _device.ToFloats(model.Weights.Flat).Select(weight => weight == 1 ? 1 : 20 * weight)]);
        return model;
    }

    private sealed class Watcher(Action<StageProgress> watch) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => watch(value);
    }
}
