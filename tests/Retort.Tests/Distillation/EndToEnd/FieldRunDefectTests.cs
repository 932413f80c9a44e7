using Retort.Cli;
using Retort.Data;
using Retort.Data.Text;
using Retort.Nn.Adapters;
using Retort.Recipes;
using Retort.Runs;
using Retort.Sources;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Operations;
using Retort.Tests.Cli;
using Retort.Tests.Formats;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>
/// Defects that other programs had in whole runs on texts, each once: reference/language 3.8, whose numbers stand before the names. Those
/// of the losses are beside the objectives, in FieldDefectTests and FieldTextDefectTests.
/// </summary>
[Trait("Category", "Recipe")]
public sealed class FieldRunDefectTests : IDisposable
{
    private const string Hard = "student.objective=[{name: hard-label}]",
        OnPolicy = "student.onPolicy={share: 0.6, warmUpSteps: 2, controls: false, replay: {capacity: 50, staleness: 8, reuse: 0.5}}";

    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    /// <summary>10: a teacher that reads along though its texts are the labels. Here it is gone before the student learns.</summary>
    [Fact]
    public void TextsOfATeacherAreLearntWithoutIt()
    {
        Walk("text", "label", "labels={kind: text}", Hard);
        Walk("live", "label");
        foreach (var run in (string[])["text", "live"]) Directory.Delete(_folder.At(run + "/teacher"), recursive: true);
        Walk("text", "train", "labels={kind: text}", Hard);
        Assert.NotEqual(0, Run("live", "train").Code); // where it does read along, nothing goes without it
    }

    /// <summary>10: calls are counted where it reads along: one for each part of a batch, none for the validation.</summary>
    [Fact]
    public void ATeacherIsAskedOnceForEachPartOfABatch()
    {
        var (recipe, data) = Labelled("student.training.accumulate=2", "student.training.epochs=3");
        using var teacher = TextTeacher.Open(Teacher, data, _device);
        var watched = new Watched(teacher);
        Learn(recipe, data, watched);
        var batches = new TokenBatches(data.Train.Documents, data.ContextLength, recipe.Student.Training.BatchSize, new Seed(1));
        Assert.Equal(3 * batches.StepsPerEpoch * 2, watched.Read.Count);
    }

    /// <summary>
    /// 11: settings of generation_config.json that nobody asked for. A teacher whose makers mean it to say the likeliest token writes and
    /// teaches what it did; so does a student who begins as such a model and answers while it learns.
    /// </summary>
    [Fact]
    public void AnswersAreDrawnAsTheRecipeSays()
    {
        Walk("origin", "label");
        var greedy = _folder.At("greedy");
        Directory.CreateDirectory(greedy);
        foreach (var file in Directory.EnumerateFiles(Teacher)) File.Copy(file, Path.Combine(greedy, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(greedy, "generation_config.json"), """
            {"eos_token_id": 0, "do_sample": true, "temperature": 0.01, "top_k": 1, "top_p": 0.01, "min_p": 0.9, "repetition_penalty": 5}
            """);
        string[] Of(string teacher, string answers) => [$"teacher={{source: checkpoint, path: \"{teacher}\"}}",
            $"labels={{kind: text, answers: {answers}}}", Hard];
        string Written(string run) => File.ReadAllText(_folder.At(run + "/labels/answers.jsonl"));
        Walk("as trained", "label", Of(Teacher, "{temperature: 1}"));
        Walk("as meant", "label", Of(greedy, "{temperature: 1}"));
        Walk("as asked", "label", Of(greedy, "{temperature: 1, topP: 0.01}"));
        Assert.Equal(Written("as trained"), Written("as meant"));
        Assert.NotEqual(Written("as trained"), Written("as asked")); // the draws are not all the likeliest anyway

        string[] From(string model) => [$"teacher={{source: checkpoint, path: \"{Teacher}\"}}",
            $"student.model={{kind: gpt, from: \"{model}\"}}", "student.onPolicy={share: 1, controls: false}"];
        foreach (var (run, model) in new[] { ("plain", Teacher), ("meant", greedy) })
        {
            Walk(run, "label", From(model));
            Walk(run, "train", From(model));
        }
        ToyRun.AssertSameBytes(_folder.At("plain/student"), _folder.At("meant/student"), "model.safetensors");
    }

    /// <summary>13: a teacher that reads another text than its student: without its first token, or in another template.</summary>
    [Fact]
    public void TheTeacherReadsWhatTheStudentReads()
    {
        var (recipe, data) = Labelled("student.training.accumulate=1", "student.training.epochs=1");
        using var teacher = TextTeacher.Open(Teacher, data, _device);
        var watched = new Watched(teacher);
        Learn(recipe, data, watched);
        var batches = new TokenBatches(data.Train.Documents, data.ContextLength, recipe.Student.Training.BatchSize, new Seed(1));
        var batch = batches.CreateBatch();
        Assert.Equal(batches.StepsPerEpoch, watched.Read.Count);
        foreach (var (update, read) in watched.Read.Index())
        {
            batches.Fill(update, batch);
            Assert.Equal(batch.Text!.Tokens(..).ToArray(), read);
        }
        Assert.Equal(data.Train.Documents.Sum(document => document.Tokens.Length),
            watched.Read.Sum(read => read.Length) - watched.Padding.Sum());
    }

    /// <summary>15: a teacher that answers with dropout, or learns. Its numbers are those of before, bit for bit.</summary>
    [Fact]
    public void ATeacherIsFrozen()
    {
        var (recipe, data) = Labelled("student.training.epochs=2");
        using var teacher = TextTeacher.Open(Teacher, data, _device);
        var before = _device.ToFloats(teacher.Model.Weights.Flat);
        Learn(recipe, data, teacher);
        Assert.Equal(before, _device.ToFloats(teacher.Model.Weights.Flat));
        Assert.Equal((0L, 0L), (teacher.Model.Weights.LearningCount, teacher.Model.Weights.GradientBytes)); // no optimiser can have it

        using var adapters = LowRankAdapters.Create(teacher.Model, new LowRankOptions(2, 2) { Dropout = 0.5 }, new Seed(3));
        _device.Write(adapters.Weights.Flat, [.. _device.ToFloats(adapters.Weights.Flat).Select((_, i) => new Seed(4).Normal((ulong)i))]);
        using var step = new Step(_device);
        float[] Answer(bool training, ulong seed)
        {
            step.Begin(training, new Seed(seed));
            var read = step.Constant(new Shape(1, 4), [1, 2, 3, 4]);
            var answer = teacher.Answer(step, read, step.Constant(new Shape(1, 4), [1, 1, 1, 1]), step.Constant(new Shape(2), [1, 2]));
            return _device.ToFloats(step.Linear(answer.Hidden, answer.Weight));
        }
        Assert.Equal(Answer(training: false, 1), Answer(training: true, 2));
        step.Begin(training: true, new Seed(2));
        Assert.NotEqual(Answer(training: false, 1)[..4], _device.ToFloats(teacher.Model.Forward(step,
            step.Constant(new Shape(1, 4), [1, 2, 3, 4])))[..4]); // the dropout does something where it is not switched off
    }

    /// <summary>
    /// 20: what goes on is not what was stopped. Packed rows, at half of the updates, which is no multiple of a checkpoint's: batches in
    /// parts, stored labels, adapters with dropout, answers of the student with their buffer, a share that follows the validation loss.
    /// </summary>
    [Theory]
    [InlineData("student.training.accumulate=2")]
    [InlineData("labels={kind: top-k, keep: 5}", "student.training.accumulate=2", "student.training.schedule=cosine")]
    [InlineData("student.lora={rank: 2, dropout: 0.2}")]
    [InlineData("student.training.emaDecay=0.9", "student.training.recomputeBlocks=true")]
    [InlineData(OnPolicy, "student.training.accumulate=2")]
    [InlineData("student.onPolicy={share: 0.5, schedule: adaptive, controls: false}", "student.training.accumulate=3")]
    public void HalfAndHalfAreTheWhole(params string[] settings)
    {
        if (settings.Any(setting => setting.StartsWith("student.lora", StringComparison.Ordinal)))
        {
            Walk("origin", "label");
            settings = [.. settings, $"student.model={{kind: gpt, from: \"{Teacher}\"}}"];
        }
        var recipe = RecipeReader.Read(LanguageRunTests.Toy, "toy.yaml", settings);
        void Go(string name, CancellationToken stop, Action<StageProgress> look)
        {
            using var path = Retort.Distillation.Open(recipe, _folder.Path, _folder.At(name), resume: true, new Seen(look),
                TimeProvider.System);
            path.Run(stop);
        }
        Go("whole", default, _ => { });
        using var stop = new CancellationTokenSource();
        var reached = 0L;
        Assert.Throws<OperationCanceledException>(() => Go("halves", stop.Token, seen =>
        {
            if (seen.Activity != "student" || seen.Done != seen.Total / 2) return;
            reached = seen.Done;
            stop.Cancel();
        }));
        Assert.InRange(reached, 5, long.MaxValue);
        Go("halves", default, _ => { });
        ToyRun.AssertSame(_folder.At("whole"), _folder.At("halves"));
    }

    private string Teacher => _folder.At("origin/teacher/0");

    private Terminal Run(string name, string stage, params string[] settings) => Terminal.Run(new Library(),
        [stage, _folder.With("toy.yaml", LanguageRunTests.Toy), "--out", _folder.At(name), .. ToyRun.Set(settings)]);

    private void Walk(string name, string stage, params string[] settings)
    {
        var terminal = Run(name, stage, settings);
        Assert.True(terminal.Code == 0, terminal.Error);
    }

    /// <summary>A teacher that has learnt, and the recipe and the texts of a student.</summary>
    private (Recipe Recipe, TextData Data) Labelled(params string[] settings)
    {
        Walk("origin", "label");
        var recipe = RecipeReader.Read(LanguageRunTests.Toy, "toy.yaml", settings);
        return (recipe, TextDataReader.Read(recipe.Data, _folder.Path, null, recipe.Seed));
    }

    private void Learn(Recipe recipe, TextData data, ITokenTeacher teacher)
    {
        using var events = EventLog.Open(_folder.At("events.jsonl"), TimeProvider.System);
        new LanguageFitting(_device, data, events, new Seen(_ => { }), TimeProvider.System).Run(new Fit("student", "train",
            recipe.Student.Model, recipe.Student.Training, recipe.Student.Objective, [], null, new Seed(1), _folder.At("student"),
            _folder.At("student.safetensors")) { Tokens = new TokenLessons(data.Train.Documents, teacher) }, default);
    }

    private sealed class Seen(Action<StageProgress> look) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => look(value);
    }

    /// <summary>What a teacher is given to read, and how much of it is padding.</summary>
    private sealed class Watched(ITokenTeacher teacher) : ITokenTeacher
    {
        public List<int[]> Read { get; } = [];
        public List<int> Padding { get; } = [];

        public TeacherHead Answer(Step step, Tensor tokens, Tensor documents, Tensor places)
        {
            int[] read = new int[tokens.Shape.Count], whose = new int[documents.Shape.Count];
            step.Device.Read(tokens, read);
            step.Device.Read(documents, whose);
            Read.Add(read);
            Padding.Add(whose.Count(document => document == 0));
            return teacher.Answer(step, tokens, documents, places);
        }
    }
}
