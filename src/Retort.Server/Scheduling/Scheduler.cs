using System.Collections.Concurrent;
using Retort.Nn.Generation;

namespace Retort.Server.Scheduling;

/// <summary>
/// The one thread that owns the model. Answers join between two passes and leave when they end or when nobody waits for them; other work
/// (embeddings, classes) takes its turn between passes, one piece at a time.
/// </summary>
internal sealed class Scheduler : IDisposable
{
    private readonly ContinuousBatch? _batch;
    private readonly Metrics _metrics;
    private readonly TimeProvider _time;
    private readonly int _parallel, _queue;
    private readonly BlockingCollection<object> _inbox = [];
    private readonly Queue<Speaking> _waiting = new();
    private readonly Queue<Action> _jobs = new();
    private readonly Dictionary<Continuation, Speaking> _speaking = [];
    private readonly Thread _thread;
    private int _outstanding;

    /// <param name="batch">Of a language model; null = nothing speaks. It becomes the scheduler's.</param>
    /// <param name="options">How many side by side, and how many may wait.</param>
    /// <param name="metrics">Told of every pass.</param>
    /// <param name="time">For durations.</param>
    public Scheduler(ContinuousBatch? batch, ServerOptions options, Metrics metrics, TimeProvider time)
    {
        (_batch, _metrics, _time, _parallel, _queue) = (batch, metrics, time, options.Parallel, options.Queue);
        _thread = new Thread(Work) { IsBackground = true, Name = "retort scheduler" };
        _thread.Start();
    }

    /// <summary>Answers and other work that have not ended.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <exception cref="ApiError">Too many wait already: none of these is taken.</exception>
    public void Begin(IReadOnlyList<Speaking> answers)
    {
        Reserve(answers.Count);
        Send(answers, answers.Count);
    }

    /// <summary>Runs work that needs the model, and gives its result.</summary>
    /// <exception cref="ApiError">Too many wait already.</exception>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        Reserve(1);
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Send((Action)(() =>
        {
            try
            {
                if (cancellation.IsCancellationRequested) done.TrySetCanceled(cancellation);
                else done.TrySetResult(work());
            }
            catch (Exception error)
            {
                done.TrySetException(error);
            }
            Interlocked.Decrement(ref _outstanding);
        }), 1);
        return done.Task;
    }

    /// <summary>A label was said, where others say tokens.</summary>
    public void Said() => _metrics.Said();

    private void Reserve(int count)
    {
        var wanted = Interlocked.Add(ref _outstanding, count);
        if (wanted <= _parallel + _queue) return;
        Interlocked.Add(ref _outstanding, -count);
        _metrics.Refused();
        throw ApiError.Busy(wanted - count);
    }

    private void Send(object item, int count)
    {
        try
        {
            _inbox.Add(item);
        }
        catch (InvalidOperationException) // it is stopping
        {
            Interlocked.Add(ref _outstanding, -count);
            throw ApiError.Stopping();
        }
    }

    private void Work()
    {
        while (TakeIn())
        {
            if (_jobs.TryDequeue(out var job)) job();
            Leave();
            Join();
            if (_speaking.Count > 0) Pass();
            _metrics.Set(_speaking.Count, _waiting.Count + _jobs.Count);
        }
        foreach (var one in _waiting.Concat(_speaking.Values)) one.Answers.Fail(ApiError.Stopping());
        while (_jobs.TryDequeue(out var job)) job();
    }

    /// <summary>All that came in; where there is nothing to do, it waits.</summary>
    /// <returns>False when the server stops.</returns>
    private bool TakeIn()
    {
        var idle = _speaking.Count == 0 && _waiting.Count == 0 && _jobs.Count == 0;
        while (_inbox.TryTake(out var item, idle ? Timeout.Infinite : 0))
        {
            idle = false;
            if (item is Action job) _jobs.Enqueue(job);
            else
                foreach (var answer in (IReadOnlyList<Speaking>)item) _waiting.Enqueue(answer);
        }
        return !_inbox.IsAddingCompleted;
    }

    private void Leave()
    {
        foreach (var gone in _speaking.Values.Where(one => !one.IsWanted).ToList())
        {
            _batch!.Remove(gone.Text);
            End(gone);
        }
    }

    private void Join()
    {
        while (_speaking.Count < _parallel && _waiting.TryDequeue(out var next))
        {
            _speaking.Add(next.Text, next);
            if (!next.IsWanted) End(next);
            else Guard(next, () => _batch!.Add(next.Text));
        }
    }

    private void Pass()
    {
        var started = _time.GetTimestamp();
        IReadOnlyList<(Continuation Text, Tensors.RunFailedException? Failure)> outcomes;
        try
        {
            outcomes = _batch!.Advance();
        }
        catch (Exception error) // no text in particular is to blame, for instance where memory ends: none can go on
        {
            foreach (var one in _speaking.Values.ToList()) Drop(one, error);
            return;
        }
        _metrics.Passed(_time.GetElapsedTime(started), outcomes.Count);
        foreach (var (text, failure) in outcomes)
        {
            var one = _speaking[text];
            if (failure is not null) Drop(one, failure);
            else Guard(one, () =>
            {
                if (one.Tell()) return;
                _batch!.Remove(text);
                End(one);
            });
        }
    }

    private void Guard(Speaking one, Action work)
    {
        try
        {
            work();
        }
        catch (Exception error)
        {
            Drop(one, error);
        }
    }

    private void Drop(Speaking one, Exception reason)
    {
        _batch!.Remove(one.Text);
        one.Answers.Fail(reason);
        End(one);
    }

    private void End(Speaking one)
    {
        _speaking.Remove(one.Text);
        Interlocked.Decrement(ref _outstanding);
    }

    /// <summary>Stops after the running pass; who still waits is told.</summary>
    public void Dispose()
    {
        _inbox.CompleteAdding();
        _thread.Join();
        _batch?.Dispose();
        _inbox.Dispose();
    }
}
