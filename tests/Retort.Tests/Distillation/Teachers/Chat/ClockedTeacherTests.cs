using Retort.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class ClockedTeacherTests
{
    [Fact]
    public async Task RepliesAreTimedAndWhatFailedIsNot()
    {
        var time = new Clock();
        var clocked = new ClockedTeacher(new Slow(time), time);
        await clocked.AskAsync(Request("30"), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidOperationException>(() => clocked.AskAsync(Request(""), TestContext.Current.CancellationToken));
        await clocked.AskAsync(Request("50"), TestContext.Current.CancellationToken);
        Assert.Equal([30.0, 50.0], clocked.Taken());
        Assert.Empty(clocked.Taken());
        Assert.Equal("slow", clocked.Identity);
    }

    private static ChatRequest Request(string text) => new([new ChatMessage("user", text)], new ChatParameters());

    /// <summary>Takes as many milliseconds as it is told.</summary>
    private sealed class Slow(Clock time) : IChatTeacher
    {
        public string Identity => "slow";

        public Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation)
        {
            var text = request.Messages[0].Content;
            if (text.Length == 0) throw new InvalidOperationException();
            time.Milliseconds += int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            return Task.FromResult(new ChatReply(null, [new ChatAnswer(text)], null));
        }
    }

    private sealed class Clock : TimeProvider
    {
        public long Milliseconds { get; set; }
        public override long TimestampFrequency => 1000;
        public override long GetTimestamp() => Milliseconds;
    }
}
