using Retort.Data.Text;
using Retort.Sources;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Sources;

public sealed class ReplayBufferTests
{
    private static TextDocument Answer(int number) => ReplayBuffer.Answered("answer", [1, 2], [number, 0]);

    private static int[] Numbers(IReadOnlyList<TextDocument> drawn) => [.. drawn.Select(answer => answer.Tokens[2]).Order()];

    [Fact]
    public void AnAnswerIsWhatFollowsItsPrompt()
    {
        var answer = Answer(7);
        Assert.Equal([1, 2], answer.Prompt);
        Assert.Equal([7, 0], answer.Answer);
        Assert.Equal(2, answer.Targets);
    }

    [Fact]
    public void OnlyTheLastAnswersAreKept()
    {
        var buffer = new ReplayBuffer(3, 100);
        for (var update = 0; update < 5; update++) buffer.Add(update, [Answer(update)]);
        Assert.Equal([2, 3, 4], Numbers(buffer.Draw(5, 3, new Seed(1))!));
        Assert.Null(buffer.Draw(5, 4, new Seed(1)));
    }

    [Fact]
    public void WhatIsTooOldIsForgotten()
    {
        var buffer = new ReplayBuffer(100, 10);
        buffer.Add(0, [Answer(0)]);
        buffer.Add(5, [Answer(5)]);
        Assert.Equal([0, 5], Numbers(buffer.Draw(10, 2, new Seed(1))!));
        Assert.Null(buffer.Draw(11, 2, new Seed(1)));
        Assert.Equal(1, buffer.Count);
        Assert.Equal([5], Numbers(buffer.Draw(15, 1, new Seed(1))!));
        Assert.Null(buffer.Draw(16, 1, new Seed(1)));
    }

    /// <summary>Each at most once, by the seed alone, and not always the same ones.</summary>
    [Fact]
    public void DrawsAreOfTheSeed()
    {
        var buffer = new ReplayBuffer(100, 100);
        buffer.Add(0, Enumerable.Range(0, 20).Select(Answer));
        var drawn = Numbers(buffer.Draw(1, 8, new Seed(3))!);
        Assert.Equal(8, drawn.Distinct().Count());
        Assert.Equal(drawn, Numbers(buffer.Draw(1, 8, new Seed(3))!));
        Assert.NotEqual(drawn, Numbers(buffer.Draw(1, 8, new Seed(4))!));
    }

    [Fact]
    public void WhatIsWrittenReadsTheSame()
    {
        var (buffer, other) = (new ReplayBuffer(100, 10), new ReplayBuffer(100, 10));
        buffer.Add(3, [Answer(3), Answer(4)]);
        buffer.Add(6, [Answer(6)]);
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true)) buffer.Write(writer);
        stream.Position = 0;
        using (var reader = new BinaryReader(stream)) other.Read(reader);
        var (before, after) = (buffer.Draw(13, 3, new Seed(1))!, other.Draw(13, 3, new Seed(1))!);
        Assert.Equal(before.SelectMany(answer => answer.Tokens), after.SelectMany(answer => answer.Tokens));
        Assert.Equal(before.SelectMany(answer => answer.Learnt), after.SelectMany(answer => answer.Learnt));
        Assert.Null(other.Draw(14, 2, new Seed(1)));
    }
}
