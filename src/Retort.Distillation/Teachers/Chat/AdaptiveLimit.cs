namespace Retort.Teachers.Chat;

/// <summary>
/// How many requests may run at once: additive increase, multiplicative decrease (Chiu and Jain, 1989). Each round of answers adds one,
/// an overload halves it; what was sent before the last halving does not halve again.
/// </summary>
/// <param name="most">Never more than this.</param>
public sealed class AdaptiveLimit(int most)
{
    private const double First = 4;
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<long>> _waiting = [];
    private double _limit = Math.Min(First, most);
    private int _running;
    private long _round;

    public int Limit
    {
        get { lock (_gate) return (int)_limit; }
    }

    public int Running
    {
        get { lock (_gate) return _running; }
    }

    /// <summary>Waits for a place.</summary>
    /// <returns>The round in which it was taken, for <see cref="Leave"/>.</returns>
    public async Task<long> EnterAsync(CancellationToken cancellation)
    {
        TaskCompletionSource<long> turn;
        lock (_gate)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_running < (int)_limit && _waiting.Count == 0)
            {
                _running++;
                return _round;
            }
            turn = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
        }
        await using var registration = cancellation.Register(() => turn.TrySetCanceled(cancellation)).ConfigureAwait(false);
        return await turn.Task.ConfigureAwait(false);
    }

    /// <param name="round">From <see cref="EnterAsync"/>.</param>
    /// <param name="answered">An answer came.</param>
    /// <param name="overloaded">The service, or the way to it, had too much.</param>
    public void Leave(long round, bool answered, bool overloaded)
    {
        lock (_gate)
        {
            _running--;
            if (overloaded && round == _round) (_limit, _round) = (Math.Max(1, _limit / 2), _round + 1);
            else if (answered) _limit = Math.Min(most, _limit + 1 / _limit);
            while (_running < (int)_limit && _waiting.TryDequeue(out var turn))
                if (turn.TrySetResult(_round)) _running++; // one that was cancelled takes no place
        }
    }
}
