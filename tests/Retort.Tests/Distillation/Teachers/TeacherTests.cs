using Retort.Checkpoints;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Teachers;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Teachers;

public sealed class TeacherTests
{
    private static readonly float[] Left = [MathF.Log(3), 0], Right = [0, 0];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    public void ProbabilitiesAreMixed(double left, double right)
    {
        // (3/4, 1/4) and (1/2, 1/2): the mixture is (5/8, 3/8).
        var answer = Answer(new AverageTeacher([(new Fixed(Left), left), (new Fixed(Right), right)], probabilities: true));
        Assert.Equal(Math.Log(5.0 / 8), answer[0], 1e-6);
        Assert.Equal(Math.Log(3.0 / 8), answer[1], 1e-6);
    }

    [Fact]
    public void LogitsAreAveragedByWeight()
    {
        var answer = Answer(new AverageTeacher([(new Fixed(Left), 3), (new Fixed(Right), 1)], probabilities: false));
        Assert.Equal(0.75 * Math.Log(3), answer[0], 1e-6);
        Assert.Equal(0, answer[1], 1e-6);
    }

    [Fact]
    public void RuleAndWeightsAreInTheHash()
    {
        string Hash(double weight, bool probabilities)
        {
            using var teacher = new AverageTeacher([(new Fixed(Left), weight), (new Fixed(Right), 1)], probabilities);
            return teacher.Hash;
        }
        Assert.Equal(3, new HashSet<string> { Hash(1, true), Hash(1, false), Hash(2, true) }.Count);
    }

    [Fact]
    public void OtherClassesAreRefused()
    {
        var refusal = Assert.Throws<RetortException>(() => new AverageTeacher([(new Fixed(Left), 1), (new Fixed([1, 2, 3]), 1)], true));
        Assert.Contains("2 and 3 classes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LabellingChangesNoWeight()
    {
        using var folder = new TemporaryFolder();
        using var device = new CpuDevice(1);
        var module = new ConvNet(new Shape(1, 4, 4), [2], 2, dropout: 0.5);
        module.Build(device, new Seed(1));
        var description = new ModelDescription(new ModelRecipe { Kind = "conv-net", Channels = [2], Dropout = 0.5 }, [1, 4, 4], ["a", "b"]);
        ModelCheckpoint.Save(folder.At("before"), module, description);
        using var teacher = new ModuleTeacher(module, device, "hash");
        float[] examples = [.. Enumerable.Range(0, 48).Select(i => i % 7 - 3f)], first = new float[6], second = new float[6];
        teacher.Label(examples, 3, first);
        teacher.Label(examples, 3, second);
        ModelCheckpoint.Save(folder.At("after"), module, description);
        Assert.Equal(first, second);
        Assert.NotEqual(0, first[0]);
        Assert.Equal(ModelCheckpoint.Hash(folder.At("before")), ModelCheckpoint.Hash(folder.At("after")));
    }

    [Fact]
    public void WatchingAgainForgetsTheLastLayer()
    {
        using var device = new CpuDevice(1);
        var module = new Mlp(new Shape(3), [4], 2);
        module.Build(device, new Seed(1));
        using var teacher = new ModuleTeacher(module, device, "hash");
        teacher.WatchLast();
        teacher.Label([1, 2, 3], 1, new float[2]);
        Assert.NotNull(teacher.Last);
        teacher.Watch([]);
        teacher.Label([1, 2, 3], 1, new float[2]);
        Assert.Null(teacher.Last);
    }

    /// <summary>Its labels are those of another teacher, so a store of the one is no store of the other.</summary>
    [Theory]
    [InlineData("bfloat16")]
    [InlineData("int8")]
    public void ATeacherThatIsKeptNarrowIsNearlyTheSameAndHasAnotherHash(string storage)
    {
        using var folder = new TemporaryFolder();
        using var device = new CpuDevice(1);
        using var module = new Mlp(new Shape(3), [20], 2);
        module.Build(device, new Seed(1));
        ModelCheckpoint.Save(folder.At("teacher"), module,
            new ModelDescription(new ModelRecipe { Kind = "mlp", Hidden = [20] }, [3], ["a", "b"]));
        (string Hash, float[] Logits) Told(string kept)
        {
            using var teacher = new TeacherLoader(new TeacherRecipe { Members = [], Storage = kept }, [3], 2, device)
                .Load([(folder.At("teacher"), 1)]);
            var logits = new float[2];
            teacher.Label([1, -2, 0.5f], 1, logits);
            return (teacher.Hash, logits);
        }
        var (wide, narrow) = (Told("float32"), Told(storage));
        Assert.NotEqual(wide.Hash, narrow.Hash);
        Assert.NotEqual(wide.Logits, narrow.Logits);
        Assert.Equal(wide.Logits, narrow.Logits, (a, b) => Math.Abs(a - b) < 0.05);
    }

    private static float[] Answer(AverageTeacher teacher)
    {
        using (teacher)
        {
            var logits = new float[2];
            teacher.Label([0], 1, logits);
            return logits;
        }
    }

    private sealed class Fixed(float[] answer) : ITeacher
    {
        public Offers Offers => Offers.DenseLogits;
        public int Classes => answer.Length;
        public string Hash => string.Join(",", answer);

        public void Label(ReadOnlySpan<float> examples, int count, Span<float> logits) => answer.CopyTo(logits);

        public void Dispose()
        {
        }
    }
}
