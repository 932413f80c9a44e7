using Retort.Checkpoints;
using Retort.Nn;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Students;

public sealed class StudentFromTeacherTests : IDisposable
{
    private static readonly InitialRecipe Even = new();
    private readonly CpuDevice _device = new(1);

    [Theory]
    [InlineData("mlp")]
    [InlineData("conv-net")]
    public void AStudentAsLargeAsItsTeacherAnswersAsItDoes(string kind)
    {
        using Module teacher = Net(kind, 1, 4, 5), student = Net(kind, 2, 4, 5);
        StudentFromTeacher.Fill(Even, student, teacher);
        Assert.Equal(Answer(teacher), Answer(student));
    }

    /// <summary>Units 1 and 2 lead nowhere or come from nowhere: without them nothing changes.</summary>
    [Theory]
    [InlineData("mlp")]
    [InlineData("conv-net")]
    public void TheStrongestUnitsAreTaken(string kind)
    {
        using Module teacher = Net(kind, 1, 4), student = Net(kind, 2, 2);
        var (incoming, outgoing) = teacher is Mlp mlp
            ? (mlp.Layers[0].Weight, mlp.Layers[1].Weight)
            : (((ConvNet)teacher).Convolutions[0].Weight, ((ConvNet)teacher).Output.Weight);
        var first = _device.ToFloats(incoming.Value);
        var size = first.Length / 4;
        Array.Clear(first, size, size);
        _device.Write(incoming.Value, first);
        var second = _device.ToFloats(outgoing.Value);
        for (var row = 0; row < 3; row++) second[row * 4 + 2] = 0;
        _device.Write(outgoing.Value, second);
        StudentFromTeacher.Fill(Even, student, teacher);
        Assert.All(Answer(teacher).Zip(Answer(student)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void LayersAreSpreadEvenlyFromTheFirst()
    {
        Assert.Equal([0, 2, 4], StudentFromTeacher.Layers(Even, 3, 6));
        Assert.Equal([0, 3], StudentFromTeacher.Layers(new InitialRecipe { Layers = [0, 3] }, 2, 6));
    }

    [Theory]
    [InlineData("mlp", new[] { 4 }, new[] { 3 }, new int[0], "layer 0 of the student has 4 units, layer 0 of the teacher 3")]
    [InlineData("conv-net", new[] { 4 }, new[] { 4 }, new int[0], "a mlp is to begin as a part of a conv-net")]
    [InlineData("mlp", new[] { 4, 4 }, new[] { 4 }, new int[0], "2 layers of the teacher's 1 for 2 of the student")]
    [InlineData("mlp", new[] { 4, 4 }, new[] { 4, 4, 4 }, new[] { 1, 2 }, "student.initial.layers[0] is 1")]
    [InlineData("mlp", new[] { 4, 4 }, new[] { 4, 4, 4 }, new[] { 0, 0 }, "student.initial.layers[1] is 0")]
    [InlineData("mlp", new[] { 4, 4 }, new[] { 4, 6, 4 }, new[] { 0, 2 }, "between layers 0 and 2 of the teacher the width changes")]
    [InlineData("mlp", new[] { 4 }, new[] { 4, 6 }, new[] { 0 }, "the teacher's last layer has another width")]
    public void WhatIsNoPartIsRefused(string kind, int[] student, int[] teacher, int[] layers, string what) => Assert.Contains(what,
        Assert.Throws<RetortException>(() => StudentFromTeacher.Check(new InitialRecipe { Layers = layers },
            new ModelRecipe { Kind = "mlp", Hidden = student },
            new ModelRecipe { Kind = kind, Hidden = teacher, Channels = teacher }, "r.yaml")).Message, StringComparison.Ordinal);

    /// <summary>The teacher has none, so they begin as those of any student of this seed.</summary>
    [Fact]
    public void ExitsBeginWhereTheSeedSays()
    {
        using var folder = new TemporaryFolder();
        using (var teacher = Net("conv-net", 1, 4, 5))
            ModelCheckpoint.Save(folder.Path, teacher, new ModelDescription(new ModelRecipe { Kind = "conv-net", Channels = [4, 5] },
                [1, 4, 4], ["a", "b", "c"]));
        var recipe = new ModelRecipe { Kind = "conv-net", Channels = [4, 5], Exits = true };
        float[] ExitOf(Module net) => _device.ToFloats(((ConvNet)net).Exits[0].Weight.Value);
        float[] Begun(ulong seed)
        {
            using var whole = StudentFromTeacher.Whole(Even, recipe, folder.Path, _device, new Seed(seed)).Whole;
            return ExitOf(whole);
        }
        using var alone = ModelBuilder.Create(recipe, [1, 4, 4], 3);
        alone.Build(_device, new Seed(5));
        Assert.Equal(ExitOf(alone), Begun(5));
        Assert.NotEqual(Begun(5), Begun(6));
    }

    private Module Net(string kind, ulong seed, params int[] widths)
    {
        Module net = kind == "mlp" ? new Mlp(new Shape(1, 4, 4), widths, 3) : new ConvNet(new Shape(1, 4, 4), widths, 3);
        net.Build(_device, new Seed(seed));
        return net;
    }

    private float[] Answer(Module net)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        return _device.ToFloats(net.Forward(step, step.Constant(new Shape(2, 1, 4, 4),
            [.. Enumerable.Range(0, 32).Select(i => (float)new Seed(9).Normal((ulong)i))])));
    }

    public void Dispose() => _device.Dispose();
}
