using Retort.Checkpoints;
using Retort.Formats.HuggingFace;
using Retort.Nn.Models;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Students;

public sealed class EncoderStudentTests : IDisposable
{
    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(EncoderFamily.Bert)]
    [InlineData(EncoderFamily.DistilBert)]
    public void WithAllLayersItAnswersAsTheTeacher(EncoderFamily family)
    {
        using var teacher = Teacher(family);
        using var student = EncoderStudent.Of(teacher, new PartOfTeacher(), _device, new Seed(9)).Student;
        Assert.Equal(Answers(teacher), Answers(student));
    }

    /// <summary>Every second layer, as DistilBERT began.</summary>
    [Theory]
    [InlineData(EncoderFamily.Bert, "bert.encoder.layer.")]
    [InlineData(EncoderFamily.DistilBert, "distilbert.transformer.layer.")]
    public void SomeLayersAreTaken(EncoderFamily family, string prefix)
    {
        using var teacher = Teacher(family);
        var (student, taken) = EncoderStudent.Of(teacher, new PartOfTeacher { LayerCount = 2 }, _device, new Seed(9));
        using (student)
        {
            Assert.StartsWith("layers 0, 2 of 4; 4 of 4 heads", taken, StringComparison.Ordinal);
            foreach (var parameter in student.Model.Weights.Parameters)
                Assert.Equal(Values(teacher, parameter.Name.Replace(prefix + "1.", prefix + "2.", StringComparison.Ordinal)),
                    Values(student, parameter.Name));
            student.Save(_folder.Path);
            using var loaded = EncoderCheckpoint.Load(_folder.Path, _device);
            Assert.Equal(Answers(student), Answers(loaded));
        }
    }

    /// <summary>Hidden units that give nothing are left out first.</summary>
    [Theory]
    [InlineData(EncoderFamily.Bert, "bert.encoder.layer.{0}.output.dense.weight")]
    [InlineData(EncoderFamily.DistilBert, "distilbert.transformer.layer.{0}.ffn.lin2.weight")]
    public void TheWeakestUnitsAreLeftOut(EncoderFamily family, string name)
    {
        using var teacher = Teacher(family);
        for (var layer = 0; layer < 4; layer++)
        {
            var weight = teacher.Model.Weights.Parameters.Single(parameter => parameter.Name == string.Format(null, name, layer)).Value;
            _device.Write(weight, [.. _device.ToFloats(weight).Select((value, i) => i % 12 % 4 == layer ? 0 : value)]);
        }
        using var student = EncoderStudent.Of(teacher, new PartOfTeacher { Hidden = 9 }, _device, new Seed(9)).Student;
        Assert.Equal(9, student.Config.IntermediateSize);
        Assert.All(Answers(teacher).Zip(Answers(student)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [InlineData(EncoderFamily.Bert)]
    [InlineData(EncoderFamily.DistilBert)]
    public void HeadsAndStreamGetNarrowTogether(EncoderFamily family)
    {
        using var teacher = Teacher(family);
        using var one = EncoderStudent.Of(teacher, new PartOfTeacher { Heads = 2 }, _device, new Seed(9)).Student;
        using var other = EncoderStudent.Of(teacher, new PartOfTeacher { Width = 4 }, _device, new Seed(9)).Student;
        Assert.Equal((2, 4), (one.Config.Heads, one.Config.HiddenSize));
        Assert.Equal(Answers(one), Answers(other));
        Assert.Equal(3, one.Model.Classes);
        string Refused(PartOfTeacher part) =>
            Assert.Throws<RetortException>(() => EncoderStudent.Of(teacher, part, _device, new Seed(9))).What;
        Assert.Equal("2 heads and width 6.", Refused(new PartOfTeacher { Heads = 2, Width = 6 }));
        Assert.Equal("width is 5.", Refused(new PartOfTeacher { Width = 5 }));
        using var drawn = EncoderStudent.Of(teacher, new PartOfTeacher { Scratch = true }, _device, new Seed(9)).Student;
        Assert.NotEqual(Answers(teacher), Answers(drawn));
        teacher.Model.Weights.Freeze(DataType.BFloat16);
        Assert.Equal("the teacher's weights are in a narrow type.", Refused(new PartOfTeacher()));
    }

    /// <summary>The layer behind the mean is taken where it is as wide, else drawn.</summary>
    [Theory]
    [InlineData(null, 5, false)]
    [InlineData(5, 5, false)]
    [InlineData(7, 7, true)]
    [InlineData(0, 0, false)]
    public void TheLayerBehindTheMean(int? wanted, int embedding, bool drawn)
    {
        using var teacher = Teacher(EncoderFamily.Bert, new SentenceModules(8, 5));
        var (student, taken) = EncoderStudent.Of(teacher, new PartOfTeacher { Width = 4, Embedding = wanted }, _device, new Seed(9));
        using (student)
        {
            Assert.Equal(new SentenceModules(4, embedding), student.Config.Sentences);
            Assert.Equal(embedding, student.Model.Sizes.Embedding);
            Assert.Equal(drawn, taken.EndsWith("the layer behind the mean is drawn", StringComparison.Ordinal));
            if (drawn || embedding == 0) return;
            const string weight = Bert.SentenceDense + ".weight";
            Assert.Equal(5 * 4, Values(student, weight).Intersect(Values(teacher, weight)).Count());
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }

    private EncoderCheckpoint Teacher(EncoderFamily family, SentenceModules? sentences = null)
    {
        var config = new EncoderConfig(family, 32, 8, 12, 4, 4, 16, ["a", "b", "c"], family == EncoderFamily.Bert ? 2 : 0, 1e-12, "gelu", 0,
            "float32") { Sentences = sentences };
        var model = EncoderCheckpoint.Create(config);
        model.Build(_device, new Seed(1));
        foreach (var parameter in model.Weights.Parameters.Where(parameter => parameter.Shape.Rank > 1)) // far from where training starts
            _device.Write(parameter.Value, [.. _device.ToFloats(parameter.Value).Select(value => 10 * value)]);
        return new(model, config);
    }

    private float[] Values(EncoderCheckpoint checkpoint, string name) =>
        _device.ToFloats(checkpoint.Model.Weights.Parameters.Single(parameter => parameter.Name == name).Value);

    private float[] Answers(EncoderCheckpoint checkpoint)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        return _device.ToFloats(checkpoint.Model.Forward(step, step.Constant(new Shape(2, 5), [1, 2, 3, 4, 5, 31, 30, 29, 28, 27])));
    }
}
