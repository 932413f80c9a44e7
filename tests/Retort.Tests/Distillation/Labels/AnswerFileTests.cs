using Retort.Labels;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Labels;

public sealed class AnswerFileTests : IDisposable
{
    private static readonly WrittenAnswer First = new(0, 0, "3+4:", "3+4=7 >7", [4, 5, 0], true, true),
        Second = new(2, 1, "a\nb", "", [], false, null);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        AnswerFile.Append(_folder.Path, [First]);
        Assert.False(AnswerFile.IsWhole(_folder.Path));
        AnswerFile.Append(_folder.Path, [Second]);
        AnswerFile.Seal(_folder.Path, 2);
        var (answers, whole) = AnswerFile.Read(_folder.Path);
        Assert.True(whole);
        Assert.Equal(First with { Tokens = [] }, answers[0] with { Tokens = [] });
        Assert.Equal(First.Tokens, answers[0].Tokens);
        Assert.Equal(Second with { Tokens = [] }, answers[1] with { Tokens = [] });
    }

    [Fact]
    public void ACutLineIsWrittenAgain()
    {
        AnswerFile.Append(_folder.Path, [First, Second]);
        var path = _folder.At("answers.jsonl");
        File.WriteAllText(path, File.ReadAllText(path)[..^20]);
        Assert.Single(AnswerFile.Read(_folder.Path).Answers);
        AnswerFile.Append(_folder.Path, [Second]);
        Assert.Equal(2, AnswerFile.Read(_folder.Path).Answers.Count);
    }

    [Theory]
    [InlineData("{\"row\": 1}")]
    [InlineData("[1]")]
    [InlineData("{\"whole\": \"all\"}")]
    [InlineData("{\"whole\": 1.5}")]
    [InlineData("{\"row\": 0, \"number\": 0, \"prompt\": null, \"answer\": \"\", \"tokens\": [], \"ended\": true}")]
    [InlineData("{\"whole\": true}")]
    [InlineData("{\"row\": 1.5, \"number\": 0, \"prompt\": \"p\", \"answer\": \"a\", \"tokens\": [], \"ended\": true}")]
    public void AStrangeLineIsNamed(string line)
    {
        _folder.With("answers.jsonl", line + "\n");
        Assert.Contains("answers.jsonl:1", Assert.ThrowsAny<RetortException>(() => AnswerFile.Read(_folder.Path)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>A seal that counts more than there is belongs to a file that lost lines.</summary>
    [Fact]
    public void ALostLineIsMissed()
    {
        AnswerFile.Append(_folder.Path, [First]);
        AnswerFile.Seal(_folder.Path, 2);
        Assert.False(AnswerFile.IsWhole(_folder.Path));
    }
}
