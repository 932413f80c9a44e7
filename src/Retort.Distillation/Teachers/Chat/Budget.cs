using System.Globalization;
using Retort.Tensors;

namespace Retort.Teachers.Chat;

/// <summary>A cap is reached: what was answered stays, and a higher cap goes on from there.</summary>
public sealed class BudgetStoppedException(string what, string remedy)
    : RunPausedException("budget", what, "a next request within the caps, at its worst case.", remedy);

/// <summary>
/// Counts money, tokens and requests against caps. The worst case of a request is reserved before it goes out, under one lock, and
/// settled with what it really took: however many ask at once, spent and reserved together never pass a cap.
/// </summary>
/// <param name="caps">Never passed.</param>
/// <param name="spent">Before, by the journal.</param>
public sealed class Budget(SpendCaps caps, Spend spent)
{
    private readonly Lock _gate = new();
    private Spend _spent = spent, _reserved;
    private TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Spend Spent
    {
        get { lock (_gate) return _spent; }
    }

    public Spend Reserved
    {
        get { lock (_gate) return _reserved; }
    }

    /// <summary>Waits while it does not fit only because of what others have reserved: most of them will take less.</summary>
    /// <exception cref="BudgetStoppedException">It does not fit beside what is spent.</exception>
    public async Task ReserveAsync(Spend worst, CancellationToken cancellation)
    {
        while (true)
        {
            Task settled;
            lock (_gate)
            {
                if (caps.Allow(_spent + _reserved + worst))
                {
                    _reserved += worst;
                    return;
                }
                if (!caps.Allow(_spent + worst)) throw new BudgetStoppedException(Sentence(worst), Remedy());
                settled = _settled.Task;
            }
            await settled.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <param name="worst">What was reserved.</param>
    /// <param name="charged">What it took.</param>
    public void Settle(Spend worst, Spend charged)
    {
        TaskCompletionSource settled;
        lock (_gate)
        {
            (_reserved, _spent) = (_reserved - worst, _spent + charged);
            (settled, _settled) = (_settled, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        settled.SetResult();
    }

    private string Sentence(Spend worst)
    {
        var next = _spent + worst;
        return next.Dollars > caps.Dollars
            ? $"{Money(_spent.Dollars)} of {Money(caps.Dollars.Value)} are spent, and the next request may take {Money(worst.Dollars)}."
            : next.Tokens > caps.Tokens
                ? $"{_spent.Tokens} of {caps.Tokens} tokens are spent, and the next request may take {worst.Tokens}."
                : $"{_spent.Requests} of {caps.Requests} requests are spent.";
    }

    private string Remedy() =>
        $"What was answered stays. Raise {string.Join(" or ", Named().DefaultIfEmpty("the cap"))} to go on.";

    private IEnumerable<string> Named()
    {
        if (caps.Dollars is not null) yield return "--max-usd";
        if (caps.Tokens is not null) yield return "--max-tokens";
        if (caps.Requests is not null) yield return "--max-requests";
    }

    /// <summary>"$0.0123": to the cent, or finer where a cent is much.</summary>
    public static string Money(decimal dollars) =>
        dollars.ToString(Math.Abs(dollars) is >= 1 or 0 ? "$0.00" : "$0.00####", CultureInfo.InvariantCulture);
}
