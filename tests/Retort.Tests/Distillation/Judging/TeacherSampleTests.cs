using Retort.Judging;
using Xunit;

namespace Retort.Tests.Distillation.Judging;

public sealed class TeacherSampleTests
{
    [Theory]
    [InlineData(20, 2, true)]
    [InlineData(20, 19, false)]
    [InlineData(20, 15, false)] // 20 of 32 may be 45.3 %, and 15 are 46.9
    [InlineData(0, null, false)]
    [InlineData(1, null, true)]
    public void TheWholeDecides(int teacher, int? student, bool worth)
    {
        var check = TeacherSample.Of(Right(32, teacher), student is { } own ? Right(32, own) : null, []);
        Assert.Equal(worth, check.IsWorthIt);
        Assert.StartsWith($"{teacher} of 32 graded questions right (", check.Text, StringComparison.Ordinal);
        Assert.Contains(student is null ? "the student as it is none" : $"the student as it is {student} (", check.Text, StringComparison.Ordinal);
    }

    /// <summary>Better on the whole, and worse on one kind of question: the kind is named.</summary>
    [Fact]
    public void ASliceInWhichTheTeacherIsWorseIsNamed()
    {
        string[] slices = [.. Enumerable.Range(0, 40).Select(i => i < 30 ? "sums" : "rhymes")];
        bool[] teacher = [.. Enumerable.Range(0, 40).Select(i => i < 30)], student = [.. teacher.Select(right => !right)];
        var check = TeacherSample.Of(teacher, student, slices);
        Assert.True(check.IsWorthIt);
        Assert.Contains("by slice: rhymes 0 of 10 (student 10), sums 30 of 30 (student 0)", check.Text, StringComparison.Ordinal);
        Assert.EndsWith("clearly worse than the student on: rhymes", check.Text, StringComparison.Ordinal);
    }

    /// <summary>Three lost of four are no proof.</summary>
    [Fact]
    public void AFewLostQuestionsAreNot()
    {
        string[] slices = [.. Enumerable.Range(0, 40).Select(i => i < 36 ? "sums" : "rhymes")];
        bool[] teacher = [.. Enumerable.Range(0, 40).Select(i => i < 36)], student = [.. Enumerable.Range(0, 40).Select(i => i > 36)];
        var check = TeacherSample.Of(teacher, student, slices);
        Assert.DoesNotContain(check.Slices, slice => slice.IsWorse);
    }

    private static bool[] Right(int count, int right) => [.. Enumerable.Range(0, count).Select(i => i < right)];
}
