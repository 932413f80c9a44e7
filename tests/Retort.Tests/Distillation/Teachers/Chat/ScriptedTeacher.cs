using Retort.Teachers.Chat;

namespace Retort.Tests.Distillation.Teachers.Chat;

/// <summary>A teacher without wire: a function of the request and of how often it was asked.</summary>
internal sealed class ScriptedTeacher(Func<ChatRequest, int, ChatReply> script) : IChatTeacher
{
    private Func<ChatRequest, int, Task<ChatReply>> _script = (request, time) => Task.FromResult(script(request, time));
    private int _asked;

    public static ScriptedTeacher Slow(Func<ChatRequest, int, Task<ChatReply>> script) => new((_, _) => Reply()) { _script = script };

    public string Identity => "scripted";
    public int Asked => _asked;

    public Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation) =>
        _script(request, Interlocked.Increment(ref _asked));

    public static ChatRequest Question(string text = "hello", int newTokens = 10) =>
        new([new ChatMessage("user", text)], new ChatParameters { NewTokens = newTokens });

    public static ChatReply Reply(string text = "fine", ChatUsage? usage = null, FinishReason finish = FinishReason.Stop) =>
        new("m", [new ChatAnswer(text, Finish: finish)], usage);
}

/// <summary>A ledger in memory.</summary>
internal sealed class MemoryLedger : IReplyLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ChatReply> _replies = [];

    public List<(string Key, Spend Reserved, Spend? Charged, string Outcome)> Attempts { get; } = [];

    public ChatReply? Find(string key)
    {
        lock (_gate) return _replies.GetValueOrDefault(key);
    }

    public long Begin(string key, Spend reserved)
    {
        lock (_gate)
        {
            Attempts.Add((key, reserved, null, ""));
            return Attempts.Count - 1;
        }
    }

    public void End(long attempt, Spend charged, string outcome, ChatReply? reply)
    {
        lock (_gate)
        {
            var (key, reserved, _, _) = Attempts[(int)attempt];
            Attempts[(int)attempt] = (key, reserved, charged, outcome);
            if (reply is not null) _replies[key] = reply;
        }
    }
}
