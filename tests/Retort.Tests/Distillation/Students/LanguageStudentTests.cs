using Retort.Checkpoints;
using Retort.Formats.HuggingFace;
using Retort.Nn;
using Retort.Students;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;
using Retort.Tests.Nn.Models;
using Xunit;

namespace Retort.Tests.Distillation.Students;

public sealed class LanguageStudentTests : IDisposable
{
    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(CausalFamily.Llama)]
    [InlineData(CausalFamily.Qwen2)]
    [InlineData(CausalFamily.Qwen3)]
    [InlineData(CausalFamily.Gemma3)]
    public void WithAllLayersItAnswersAsTheTeacher(CausalFamily family)
    {
        using var teacher = Teacher(family);
        using var student = Student(teacher, new PartOfTeacher());
        Assert.Equal(Answers(teacher), Answers(student));
        Assert.Equal(teacher.Config.TiedHead, student.Config.TiedHead);
    }

    [Fact]
    public void LayersKeepTheirWindows()
    {
        using var teacher = Teacher(CausalFamily.Gemma3);
        using var student = Student(teacher, new PartOfTeacher { Layers = [0, 2] });
        Assert.Equal([3, 3], student.Config.Windows);
        foreach (var parameter in student.Model.Weights.Parameters)
            Assert.Equal(Values(teacher, parameter.Name.Replace("layers.1.", "layers.2.", StringComparison.Ordinal)),
                Values(student, parameter.Name));
        Assert.NotEqual(Answers(teacher), Answers(student));
    }

    /// <summary>What adds nothing is left out: the student that lacks it answers as the teacher that has it.</summary>
    [Theory]
    [InlineData(CausalFamily.Llama)]
    [InlineData(CausalFamily.Qwen2)]
    [InlineData(CausalFamily.Qwen3)]
    public void TheWeakestHeadsAndUnitsAreLeftOut(CausalFamily family)
    {
        using var teacher = Teacher(family);
        for (var layer = 0; layer < 3; layer++)
        {
            var group = layer % 2; // two heads of queries, one of keys and values
            Change(teacher, $"model.layers.{layer}.self_attn.o_proj.weight", (_, column, value) => column / 8 == group ? 0 : value);
            Change(teacher, $"model.layers.{layer}.mlp.down_proj.weight", (_, column, value) => column % 3 == layer ? 0 : value);
        }
        using var student = Student(teacher, new PartOfTeacher { Heads = 2, Hidden = 8 });
        Assert.Equal((2, 1, 8), (student.Config.Heads, student.Config.KeyValueHeads, student.Config.IntermediateSize));
        var answers = Answers(teacher);
        Assert.All(answers.Zip(Answers(student)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * Math.Max(1, Math.Abs(pair.First))));
        using var stronger = Student(teacher, new PartOfTeacher { Heads = 2, Hidden = 7 });
        Assert.Contains(answers.Zip(Answers(stronger)), pair => Math.Abs(pair.First - pair.Second) > 1e-3);
    }

    [Fact]
    public void TheStreamKeepsItsStrongestNumbers()
    {
        using var teacher = Teacher(CausalFamily.Llama);
        int[] kept = [1, 4, 5, 7];
        foreach (var parameter in teacher.Model.Weights.Parameters.Where(parameter => parameter.Shape.Rank > 1 && parameter.Shape[1] == 8))
            Change(teacher, parameter.Name, (_, column, value) => kept.Contains(column) ? 10 * value : value);
        Change(teacher, "model.norm.weight", (row, _, _) => row);
        using var student = Student(teacher, new PartOfTeacher { Width = 4 });
        Assert.Equal([1f, 4, 5, 7], Values(student, "model.norm.weight"));
        foreach (var name in (string[])["model.embed_tokens.weight", "lm_head.weight", "model.layers.1.self_attn.k_proj.weight",
            "model.layers.2.mlp.up_proj.weight"])
            Assert.Equal(Values(teacher, name).Where((_, i) => kept.Contains(i % 8)), Values(student, name));
        var down = Values(teacher, "model.layers.0.mlp.down_proj.weight");
        Assert.Equal(kept.SelectMany(row => down[(row * 12)..(row * 12 + 12)]), Values(student, "model.layers.0.mlp.down_proj.weight"));
        Assert.All(Answers(student), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void FromScratchOnlyTheVocabularyIsTheTeachers()
    {
        using var teacher = Teacher(CausalFamily.Llama);
        var part = new PartOfTeacher { LayerCount = 5, Heads = 6, Hidden = 20, Width = 10, Scratch = true };
        using var student = Student(teacher, part);
        using var again = Student(teacher, part);
        Assert.Equal((5, 6, 3, 20, 10, 32), (student.Config.Layers, student.Config.Heads, student.Config.KeyValueHeads,
            student.Config.IntermediateSize, student.Config.HiddenSize, student.Config.VocabularySize));
        Assert.Equal(Answers(student), Answers(again));
        using var same = Student(teacher, new PartOfTeacher { Scratch = true });
        Assert.NotEqual(Answers(teacher), Answers(same));
    }

    [Fact]
    public void WhatIsNoPartIsRefused()
    {
        using var teacher = Teacher(CausalFamily.Llama);
        string Refused(PartOfTeacher part) => Assert.Throws<RetortException>(() => Student(teacher, part)).What;
        Assert.Equal("heads is 3.", Refused(new PartOfTeacher { Heads = 3 }));
        Assert.Equal("hidden is 13.", Refused(new PartOfTeacher { Hidden = 13 }));
        Assert.Equal("width is 9.", Refused(new PartOfTeacher { Width = 9 }));
        Assert.Equal("4 layers of a teacher that has 3.", Refused(new PartOfTeacher { LayerCount = 4 }));
        teacher.Model.Weights.Freeze(DataType.Int8);
        Assert.Equal("the teacher's weights are in a narrow type.", Refused(new PartOfTeacher()));
    }

    /// <summary>Written with the teacher's tokenizer and template, it is a model that converses; the teacher may be frozen.</summary>
    [Fact]
    public void ItIsAFolderLikeItsTeachers()
    {
        var folder = LanguageModelTests.Written(_folder.At("teacher"));
        using var teacher = LanguageCheckpoint.Load(folder, _device);
        teacher.Model.Weights.Freeze(DataType.Float32);
        using var student = Student(teacher, new PartOfTeacher { Hidden = 16 });
        student.Save(_folder.At("student"));
        CompanionFiles.CopyTokenizer(folder, _folder.At("student"));
        using var model = LanguageModel.Open(_folder.At("student"), _device);
        Assert.True(model.Converses);
        Assert.Equal(16, model.Model.Sizes.Hidden);
    }

    public static TheoryData<string> Published =>
        [.. GoldenCheckpoint.Of("llama", "qwen2", "qwen3", "gemma3_text").Select(row => row.Data.Item1).Distinct()];

    /// <summary>Stretched positions, windows, widths of heads: what is written says the same as what was made.</summary>
    [Theory]
    [MemberData(nameof(Published))]
    public void AStudentOfAPublishedShapeIsReadAgain(string name)
    {
        using var golden = GoldenCheckpoint.Open(name);
        using var teacher = LanguageCheckpoint.Load(golden.Folder, _device);
        using var whole = Student(teacher, new PartOfTeacher());
        Assert.Equal(Answers(teacher), Answers(whole));
        using var student = Student(teacher, new PartOfTeacher { LayerCount = 1, Hidden = teacher.Config.IntermediateSize / 2 });
        student.Save(_folder.Path);
        using var loaded = LanguageCheckpoint.Load(_folder.Path, _device);
        Assert.Equal(Answers(student), Answers(loaded));
        Assert.NotEqual(Answers(teacher), Answers(loaded));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }

    private LanguageCheckpoint Student(LanguageCheckpoint teacher, PartOfTeacher part) =>
        LanguageStudent.Of(teacher, part, _device, new Seed(9)).Student;

    private LanguageCheckpoint Teacher(CausalFamily family)
    {
        var config = new CausalConfig
        {
            Family = family, VocabularySize = 32, HiddenSize = 8, IntermediateSize = 12, Layers = 3, Heads = 4, KeyValueHeads = 2,
            HeadWidth = 4, Positions = 64, TiedHead = family is CausalFamily.Qwen3 or CausalFamily.Gemma3,
            AttentionBias = family == CausalFamily.Qwen2, Rope = new(RopeKind.Default, 10000),
            WindowRope = family == CausalFamily.Gemma3 ? new(RopeKind.Default, 1000) : null,
            Windows = family == CausalFamily.Llama ? [0, 0, 0] : [3, 0, 3], QueryScalar = family == CausalFamily.Gemma3 ? 4 : null,
        };
        var model = LanguageCheckpoint.Create(config);
        model.Build(_device, new Seed(1));
        foreach (var parameter in model.Weights.Parameters.Where(parameter => parameter.Shape.Rank > 1)) // far from where training starts
            _device.Write(parameter.Value, [.. _device.ToFloats(parameter.Value).Select(value => 20 * value)]);
        return new(model, config, null);
    }

    private Parameter Named(LanguageCheckpoint checkpoint, string name) =>
        checkpoint.Model.Weights.Parameters.Single(parameter => parameter.Name == name);

    private float[] Values(LanguageCheckpoint checkpoint, string name) => _device.ToFloats(Named(checkpoint, name).Value);

    private void Change(LanguageCheckpoint checkpoint, string name, Func<int, int, float, float> change)
    {
        var (parameter, values) = (Named(checkpoint, name), Values(checkpoint, name));
        var columns = parameter.Shape.Rank > 1 ? (int)parameter.Shape[1] : 1;
        _device.Write(parameter.Value, [.. values.Select((value, i) => change(i / columns, i % columns, value))]);
    }

    private float[] Answers(LanguageCheckpoint checkpoint)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        return _device.ToFloats(checkpoint.Model.Forward(step, step.Constant(new Shape(2, 5), [1, 2, 3, 4, 5, 31, 30, 29, 28, 27])));
    }
}
