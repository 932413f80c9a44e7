using System.Runtime.ExceptionServices;
using Retort.Runs;
using Retort.Tensors;
using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>
/// Asks a teacher many questions: a smoke run first, then the rest, within caps, each question paid for once however often the process is
/// killed. Whatever ends it, the journal knows how far it came; running it again goes on from there.
/// </summary>
public sealed class AskingJob
{
    private const int FewestFailuresInARow = 16;
    private readonly AskingOrder _order;
    private readonly AskingJournal _journal;
    private readonly IReadOnlyList<AskingItem> _questions;
    private readonly IChatTeacher _teacher;
    private readonly AskingTally _tally;
    private readonly TimeProvider _time;

    /// <param name="order">What is asked, how, for how much.</param>
    /// <param name="wire">The teacher alone; what keeps, waits, repeats and counts is put around it here.</param>
    /// <param name="journal">Of the folder; the caller's to dispose.</param>
    /// <param name="progress">Told of every question that is finished.</param>
    /// <param name="time">For pauses and limits.</param>
    public AskingJob(AskingOrder order, IChatTeacher wire, AskingJournal journal, IProgress<StageProgress> progress, TimeProvider time)
    {
        (_order, _journal, _time) = (order, journal, time);
        Items = AskingItem.Of(order.Prompts, order.Parameters, order.Samples, wire.Identity);
        _questions = [.. Items.DistinctBy(item => item.Key)];
        var budget = new Budget(order.Caps, journal.Spent().All);
        _teacher = Around(wire, order, budget, journal, time);
        _tally = new AskingTally(_questions.Count, budget, order.Caps, order.Price, progress);
    }

    /// <summary>A wire with what keeps, waits, repeats and counts around it.</summary>
    public static IChatTeacher Around(IChatTeacher wire, AskingOrder order, Budget budget, AskingJournal journal, TimeProvider time)
    {
        var budgeted = new BudgetedTeacher(wire, budget, order.Price, journal);
        var paced = new PacedTeacher(budgeted, new AdaptiveLimit(order.Concurrency), new RequestRate(order.Rate, time), time);
        return new CachedTeacher(new RetryingTeacher(paced, order.Retries, order.Seed, time), journal);
    }

    /// <summary>Every answer that is wanted, in the order of the prompts; equal ones are asked for once.</summary>
    public IReadOnlyList<AskingItem> Items { get; }

    public AskingResult Result
    {
        get
        {
            var (accepted, rejected, failed) = _tally.Counts;
            var (spent, worst) = _journal.Spent();
            return new AskingResult(_questions.Count, accepted, rejected, failed, spent, worst);
        }
    }

    /// <param name="stop">Asks no more; what is under way has a moment to come in.</param>
    /// <exception cref="RunPausedException">A cap is reached, or the endpoint does not answer any more.</exception>
    /// <exception cref="RunFailedException">Too many answers are of no use.</exception>
    /// <exception cref="RetortException">The endpoint answers nothing: its address, its model or the key is wrong.</exception>
    public async Task<AskingResult> RunAsync(CancellationToken stop)
    {
        var states = _journal.Register(_questions.Select(item => item.Key));
        var smoke = _questions.Take(_order.Smoke).ToList();
        await WorkAsync(smoke, states, CheckFailures, stop).ConfigureAwait(false);
        CheckSmoke(smoke.Count);
        await WorkAsync([.. _questions.Skip(smoke.Count)], states, CheckOnTheWay, stop).ConfigureAwait(false);
        CheckSuccess(_tally.Counts.Accepted);
        return Result;
    }

    private async Task WorkAsync(List<AskingItem> items, IReadOnlyDictionary<string, ItemState> states, Action check,
        CancellationToken stop)
    {
        var waiting = new Queue<AskingItem>();
        foreach (var item in items)
            if (states[item.Key] is ItemState.Accepted or ItemState.Rejected)
                _tally.Count(item, states[item.Key], _journal.Record(item.Key)!.Reason, asked: false);
            else waiting.Enqueue(item);
        using var end = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var registration = stop.Register(() => end.CancelAfter(_order.Grace));
        var (gate, failure) = (new Lock(), (Exception?)null);
        var workers = Enumerable.Range(0, Math.Min(_order.Concurrency, waiting.Count));
        await Task.WhenAll(workers.Select(_ => Task.Run(WorkerAsync, CancellationToken.None))).ConfigureAwait(false);
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        stop.ThrowIfCancellationRequested();

        async Task WorkerAsync()
        {
            while (Next() is { } item)
                try
                {
                    await AskAsync(item, end.Token).ConfigureAwait(false);
                    check();
                }
                catch (Exception error)
                {
                    lock (gate) failure ??= error; // the others finish what they have begun
                }
        }

        AskingItem? Next()
        {
            lock (gate) return failure is null && !stop.IsCancellationRequested && waiting.TryDequeue(out var item) ? item : null;
        }
    }

    private async Task AskAsync(AskingItem item, CancellationToken cancellation)
    {
        try
        {
            var reply = await _teacher.AskAsync(item.Request, cancellation).ConfigureAwait(false);
            var reason = _order.Check(item.Request, reply);
            Finish(item, reason is null ? ItemState.Accepted : ItemState.Rejected, reason);
        }
        catch (ChatTroubleException trouble)
        {
            Finish(item, trouble.IsAboutTheAnswer ? ItemState.Rejected : ItemState.Failed, $"{Name(trouble.Kind)}: {trouble.Message}");
        }
        catch (ChatRefusedException refusal)
        {
            Finish(item, ItemState.Rejected, $"refused: {refusal.What}");
        }
    }

    private void Finish(AskingItem item, ItemState state, string? reason)
    {
        _journal.Finish(item.Key, state, reason);
        _tally.Count(item, state, reason, asked: true);
    }

    private void CheckSmoke(int asked)
    {
        var (accepted, _, _) = _tally.Counts;
        var needed = Math.Max(Math.Min(1, asked), asked - 1);
        if (accepted < needed)
            throw new RunFailedException("smoke run", $"{accepted} of the first {asked} answers are accepted: {_tally.Reasons()}.",
                $"at least {needed}, before the other {_questions.Count - asked} are asked.",
                "rejected.jsonl shows them all. Change the prompts or the parameters: what is asked otherwise is asked anew.");
    }

    /// <summary>Stops as soon as the share cannot be reached any more.</summary>
    private void CheckOnTheWay()
    {
        CheckFailures();
        var (_, rejected, failed) = _tally.Counts;
        CheckSuccess(_questions.Count - rejected - failed);
    }

    /// <summary>Stops when nobody has answered for long.</summary>
    private void CheckFailures()
    {
        var most = Math.Max(FewestFailuresInARow, 2 * _order.Concurrency);
        if (_tally.FailuresInARow >= most)
            throw new RunPausedException(_teacher.Identity, $"has left {most} questions in a row without an answer: {_tally.Reasons()}.",
                "an endpoint that answers.", "what was answered stays; come back when it does.");
    }

    private void CheckSuccess(int best)
    {
        var (accepted, rejected, failed) = _tally.Counts;
        if (best < _order.MinimumSuccess * _questions.Count)
            throw new RunFailedException("success", $"{accepted} of {_questions.Count} answers are accepted, {rejected} rejected, {failed} failed: {_tally.Reasons()}.",
                FormattableString.Invariant($"at least {_order.MinimumSuccess:0.##} of all."), "rejected.jsonl shows them all; failed ones are asked again by the next run.");
    }

    /// <summary>"timed out", "wrong model".</summary>
    private static string Name(ChatTrouble kind) =>
        string.Concat($"{kind}".Select((letter, at) => at > 0 && char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
