using System.Collections.Concurrent;

namespace Retort.Teachers.Chat;

/// <summary>Measures how long each reply takes, from the request to its last byte.</summary>
/// <param name="teacher">The wire.</param>
/// <param name="time">Its timestamps.</param>
public sealed class ClockedTeacher(IChatTeacher teacher, TimeProvider time) : IChatTeacher
{
    private readonly ConcurrentQueue<double> _milliseconds = new();

    public string Identity => teacher.Identity;

    /// <summary>Of each reply that came since the last look.</summary>
    public IReadOnlyList<double> Taken()
    {
        var taken = new List<double>();
        while (_milliseconds.TryDequeue(out var milliseconds)) taken.Add(milliseconds);
        return taken;
    }

    public async Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var reply = await teacher.AskAsync(request, cancellation).ConfigureAwait(false);
        _milliseconds.Enqueue(time.GetElapsedTime(started).TotalMilliseconds);
        return reply;
    }
}
