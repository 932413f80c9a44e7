using System.Globalization;
using Microsoft.AspNetCore.Http;
using Retort.Server.Models;
using Retort.Server.Requests;
using Retort.Server.Scheduling;
using Retort.Tensors;

namespace Retort.Server;

/// <summary>What every path needs: the model, the thread that owns it, and names for answers.</summary>
internal sealed class Service : IDisposable
{
    private readonly long _started;
    private long _answers;

    public Service(ServedModel model, ServerOptions options, TimeProvider time)
    {
        (Model, Options, Time, Metrics) = (model, options, time, new Metrics());
        Scheduler = new Scheduler(model.Batch(), options, Metrics, time);
        _started = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public ServedModel Model { get; }
    public ServerOptions Options { get; }
    public TimeProvider Time { get; }
    public Metrics Metrics { get; }
    public Scheduler Scheduler { get; }

    /// <summary>Seconds since 1970, always whole: a client refuses fractions.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>When the model was taken in.</summary>
    public long Created => _started / 1000;

    /// <summary>A name that no other answer has, also after a restart; and its number.</summary>
    public (string Id, ulong Number) Next(string kind)
    {
        var number = Interlocked.Increment(ref _answers);
        return (string.Create(CultureInfo.InvariantCulture, $"{kind}-{_started:x}-{number:x}"), (ulong)number);
    }

    /// <summary>Draws of a request that brings no seed.</summary>
    public Seed SeedOf(ulong number) => Options.Seed.Derive("serve").Derive(number);

    /// <summary>Refuses another model's name; without one, this one is meant.</summary>
    public void CheckModel(RequestFields fields)
    {
        if (fields.Text("model") is { } name && name != Options.Name)
            throw ApiError.NotFound($"the model '{name}' is not served here; this is '{Options.Name}'.", "model", "model_not_found");
    }

    /// <summary>Ends when the client leaves, or when the time is over.</summary>
    public Deadline Deadline(HttpContext context) => new(Options.TimeLimit, Time, context.RequestAborted);

    public void Dispose() => Scheduler.Dispose();
}

/// <summary>The end of waiting for one request.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationToken _left;
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _time, _either;

    public Deadline(TimeSpan limit, TimeProvider time, CancellationToken left)
    {
        (_left, _limit, _time) = (left, limit, new CancellationTokenSource(limit, time));
        _either = CancellationTokenSource.CreateLinkedTokenSource(left, _time.Token);
    }

    public CancellationToken Token => _either.Token;

    /// <summary>What became of a request that was given up: a client that left is told nothing.</summary>
    public Exception Reason(OperationCanceledException given) =>
        _time.IsCancellationRequested && !_left.IsCancellationRequested ? ApiError.TimedOut(_limit) : given;

    /// <summary>Whoever still works for the request stops.</summary>
    public void Dispose()
    {
        _either.Cancel();
        _either.Dispose();
        _time.Dispose();
    }
}
