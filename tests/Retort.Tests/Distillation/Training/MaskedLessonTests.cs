using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Nn.Models;
using Retort.Objectives;
using Retort.Recipes;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tests.Formats;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

public sealed class MaskedLessonTests : IDisposable
{
    private static readonly EncoderTokenizer Tokenizer = EncoderTokenizer.Trained(["one two three four"], 270);

    private static readonly int[][] Texts =
        [.. ((string[])["one", "two three", "four one two", "three", "one two three four", "four"]).Select(Tokenizer.Encode)];

    private static readonly ObjectiveRecipe[] Triple =
    [
        new() { Name = "soft-label", Weight = Constant(5), Temperature = Constant(2) }, new() { Name = "hard-label", Weight = Constant(2) },
        new() { Name = "cosine-embedding", Features = [new FeaturePair("layer.1", "layer.1")] },
    ];

    private readonly CpuDevice _device = new(2);

    public void Dispose() => _device.Dispose();

    /// <summary>DistilBERT's three terms of a student that is its teacher: soft and cosine are 0, hard is the mean surprise.</summary>
    [Fact]
    public void AStudentThatIsItsTeacherHasNothingToLearnFromIt()
    {
        using var student = Built(1);
        using var same = Built(1);
        using var other = Built(2);
        var parts = Parts(student, same);
        Assert.Equal(["soft-label", "hard-label", "cosine-embedding"], parts.Keys.Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(0, parts["soft-label"], 1e-5);
        Assert.Equal(0, parts["cosine-embedding"], 1e-5);
        Assert.InRange(parts["hard-label"], 4, 8);
        parts = Parts(student, other);
        Assert.True(parts["soft-label"] > 1e-4, $"soft {parts["soft-label"]}");
        Assert.True(parts["cosine-embedding"] > 0.01, $"cosine {parts["cosine-embedding"]}");
    }

    /// <summary>All three terms reach every weight, the words by two ways: against central differences, in double.</summary>
    [Fact]
    public void EveryWeightHasItsGradient()
    {
        using var device = new ReferenceDevice();
        using var student = Spread(Built(1, device), 1);
        using var teacher = Spread(Built(2, device), 2);
        var batch = Masked(student, teacher);
        using var objective = Objective(student, teacher);
        using var state = new TrainState(student, new TrainingRecipe(), objective.Weights);
        using var step = new Step(device);
        Tensor Loss()
        {
            step.Begin(training: true);
            return new MaskedLesson(teacher).Loss(step, new Learner("student", state, objective), batch, Place).Loss;
        }

        step.Backward(Loss());
        var gradients = device.ToDoubles(student.Weights.Gradients);
        foreach (var parameter in student.Weights.Parameters)
        {
            var gradient = gradients.AsSpan((int)parameter.Offset, (int)parameter.Shape.Count).ToArray();
            var largest = gradient.Max(Math.Abs);
            if (parameter.Name.EndsWith("key.bias", StringComparison.Ordinal)) // moves all scores of a query alike
                Assert.InRange(largest, 0, 1e-9);
            else Assert.True(largest > 1e-3, $"{parameter.Name} {largest}");
            var values = device.ToDoubles(parameter.Value);
            foreach (var (i, slope) in gradient.Index().OrderByDescending(pair => Math.Abs(pair.Item)).Take(3))
            {
                double At(double value)
                {
                    device.Write(parameter.Value, [.. values.Select((kept, k) => k == i ? value : kept)]);
                    return device.ToDoubles(Loss())[0];
                }
                Assert.Equal((At(values[i] + 1e-5) - At(values[i] - 1e-5)) / 2e-5, slope, 1e-6);
            }
            device.Write(parameter.Value, values.AsSpan());
        }
    }

    [Fact]
    public void BatchesAreTheSameForAnyOrderOfAsking()
    {
        MaskedBatches Batches() => new(Texts, new Masking(Tokenizer, 0.3), 4, new Seed(9));
        var (one, two) = (Batches(), Batches());
        Assert.Equal(2, one.StepsPerEpoch);
        var (first, again, next) = (one.CreateBatch(), two.CreateBatch(), two.CreateBatch());
        two.Fill(5, again);
        two.Fill(0, next);
        one.Fill(0, first);
        Assert.Equal(first.Masked!.Tokens, next.Masked!.Tokens);
        one.Fill(5, first);
        Assert.Equal(first.Masked.Tokens, again.Masked!.Tokens);
        one.Fill(0, first);
        one.Fill(1, again);
        Assert.Equal(Enumerable.Range(0, 6), first.Rows.Take(first.Count).Concat(again.Rows.Take(again.Count)).Order());
    }

    /// <summary>What is saved opens in the layout of BertForMaskedLM, and a classifier begins as it.</summary>
    [Fact]
    public void AClassifierBeginsAsTheMaskedModel()
    {
        using var folder = new TemporaryFolder();
        using var masked = Built(1);
        new EncoderCheckpoint(masked, EncoderCheckpoint.ConfigOf(masked, [])).Save(folder.Path);
        using var opened = EncoderCheckpoint.Load(folder.Path, _device);
        Assert.True(opened.Config.Masked);
        Assert.Equal(_device.ToFloats(masked.Weights.Flat), _device.ToFloats(opened.Model.Weights.Flat));
        using var classifier = new Bert(masked.Sizes with { Masked = false, Classes = 3 });
        classifier.Build(_device, new Seed(5));
        PretrainedEncoder.Fill(classifier, folder.Path, _device);
        using var step = new Step(_device);
        step.Begin(training: false);
        var tokens = step.Constant(new Shape(1, Texts[2].Length), Texts[2].AsSpan());
        Assert.Equal(_device.ToFloats(masked.States(step, tokens)), _device.ToFloats(classifier.States(step, tokens)));
        using var wider = new Bert(masked.Sizes with { Masked = false, Classes = 3, Layers = 3 });
        wider.Build(_device, new Seed(5));
        Assert.Throws<RetortException>(() => PretrainedEncoder.Fill(wider, folder.Path, _device));
    }

    private Dictionary<string, double> Parts(Bert student, Bert teacher)
    {
        var batch = Masked(student, teacher);
        using var objective = Objective(student, teacher);
        using var state = new TrainState(student, new TrainingRecipe(), objective.Weights);
        using var step = new Step(_device);
        step.Begin(training: true);
        var value = new MaskedLesson(teacher).Loss(step, new Learner("student", state, objective), batch, Place);
        Assert.Equal(5 * value.Parts.Single(part => part.Name == "soft-label").Value
            + 2 * value.Parts.Single(part => part.Name == "hard-label").Value
            + value.Parts.Single(part => part.Name == "cosine-embedding").Value, _device.ToDoubles(value.Loss)[0], 1e-4);
        return value.Parts.ToDictionary(part => part.Name, part => part.Value);
    }

    private static LessonPlace Place => new(0, 0, 0, new Seed(1), null);

    /// <summary>All texts, masked; both models tell their last hidden state.</summary>
    private static Batch Masked(Bert student, Bert teacher)
    {
        student.Watch(["layer.1"]);
        teacher.Watch(["layer.1"]);
        var batches = new MaskedBatches(Texts, new Masking(Tokenizer, 0.3), 6, new Seed(9));
        var batch = batches.CreateBatch();
        batches.Fill(0, batch);
        return batch;
    }

    private static WeightedSum Objective(Bert student, Bert teacher)
    {
        var device = student.Weights.Flat.Device;
        var objective = ObjectiveBuilder.Create(Triple, new ObjectiveSurroundings(10, student.Classes, 6,
            TapShapes.Of(student, device), TapShapes.Of(teacher, device)));
        objective.Build(device, new Seed(1));
        return objective;
    }

    private Bert Built(ulong seed, Device? device = null)
    {
        var size = Tokenizer.Tokenizer.Size;
        var model = new Bert(new BertShape(size, 8, 2, 2, 16, 24, size, Masked: true));
        model.Build(device ?? _device, new Seed(seed));
        return model;
    }

    /// <summary>With numbers so large that every part of it matters.</summary>
    private static Bert Spread(Bert model, ulong seed)
    {
        foreach (var (place, parameter) in model.Weights.Parameters.Index())
            model.Weights.Flat.Device.Write(parameter.Value,
                [.. Enumerable.Range(0, (int)parameter.Shape.Count).Select(i => 0.5 * new Seed(seed).Normal((ulong)i, (ulong)place))]);
        return model;
    }

    private static ScheduleRecipe Constant(double value) => new() { From = value, To = value };
}
