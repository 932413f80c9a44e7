using Retort.Recipes;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Relation;

public sealed class SelfAttentionRelationsTests
{
    private static readonly Value Student = Value.Random(1, 2, 2, 5, 3), Teacher = Value.Random(2, 2, 2, 5, 4);

    /// <summary>
    /// One value in all three places: each of the terms is the value relation of MiniLM's first form, which has two of them.
    /// </summary>
    [Fact]
    public void AThirdMoreThanTheFirstForm() => Assert.Equal(
        1.5 * Hidden.Of("attention-relations", [Student, Student, Student], [Teacher, Teacher, Teacher]).Loss,
        Hidden.Of("self-attention-relations", [Student, Student, Student], [Teacher, Teacher, Teacher]).Loss, 1e-12);

    /// <summary>How many heads a layer has does not matter, only what they hold together: 2 of width 3 are 1 of width 6.</summary>
    [Fact]
    public void HeadsAreCutAnew()
    {
        Value joined = new(new Shape(2, 1, 5, 6), [.. Enumerable.Range(0, 60).Select(i => // [text, place, head, number]
            Student.Numbers[i / 30 * 30 + i % 6 / 3 * 15 + i % 30 / 6 * 3 + i % 3])]);
        Setting heads = new("relationHeads", "2");
        Assert.Equal(Hidden.Of("self-attention-relations", [Student, Student, Student], [Teacher, Teacher, Teacher], heads).Loss,
            Hidden.Of("self-attention-relations", [joined, joined, joined], [Teacher, Teacher, Teacher], heads).Loss, 1e-12);
        Assert.NotEqual(Hidden.Of("self-attention-relations", [joined, joined, joined], [Teacher, Teacher, Teacher],
            new Setting("relationHeads", "1")).Loss,
            Hidden.Of("self-attention-relations", [joined, joined, joined], [Teacher, Teacher, Teacher], heads).Loss, 1e-3);
    }

    /// <summary>A text of 5 places and one of 2: the mean of what each gives alone.</summary>
    [Fact]
    public void PaddingIsNeitherRowNorColumn()
    {
        static Value Text(Value from, int text, int places)
        {
            var width = (int)from.Shape[3];
            return new Value(new Shape(1, 2, places, width),
                [.. from.Numbers.Chunk(5 * width).Skip(2 * text).Take(2).SelectMany(head => head.Take(places * width))]);
        }
        double Alone(int text, int places)
        {
            Value student = Text(Student, text, places), teacher = Text(Teacher, text, places);
            return Hidden.Of("self-attention-relations", [student, student, student], [teacher, teacher, teacher]).Loss;
        }
        Value[] students = [Student, Student, Student], teachers = [Teacher, Teacher, Teacher];
        var both = Hidden.Of(Hidden.Create("self-attention-relations", students, teachers), students, teachers,
            mask: [1, 1, 1, 1, 1, 1, 1, 0, 0, 0]).Loss;
        Assert.Equal((Alone(0, 5) + Alone(1, 2)) / 2, both, 1e-12);
    }

    [Fact]
    public void HeadsThatDoNotDivideAreRefused() =>
        Assert.Equal("self-attention-relations  2 heads of width 3 in 4 relation heads.\n  a number that divides 6.\n  write relationHeads.",
            Assert.Throws<RetortException>(() => Hidden.Create("self-attention-relations", [Student, Student, Student],
                [Teacher, Teacher, Teacher], new Setting("relationHeads", "4"))).Message);
}
