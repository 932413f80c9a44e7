using Retort.Runs;
using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>Counts what becomes of questions while several are under way, keeps reasons, and tells whoever watches.</summary>
internal sealed class AskingTally(int questions, Budget budget, SpendCaps caps, Price price, IProgress<StageProgress> progress)
{
    private const int MostReasons = 5, LongestReason = 160;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Count, string Id, string Reason)> _reasons = new(StringComparer.Ordinal);
    private readonly Spend _before = budget.Spent;
    private int _accepted, _rejected, _failed, _inARow, _asked;

    public (int Accepted, int Rejected, int Failed) Counts
    {
        get { lock (_gate) return (_accepted, _rejected, _failed); }
    }

    /// <summary>Questions, one after the other, that nobody answered.</summary>
    public int FailuresInARow
    {
        get { lock (_gate) return _inARow; }
    }

    public void Count(AskingItem item, ItemState state, string? reason, bool asked)
    {
        lock (_gate)
        {
            if (state == ItemState.Accepted) _accepted++;
            else if (state == ItemState.Rejected) _rejected++;
            else _failed++;
            if (asked) (_asked, _inARow) = (_asked + 1, state == ItemState.Failed ? _inARow + 1 : 0);
            if (reason is not null)
            {
                var kind = reason.Split(':')[0];
                var (count, id, first) = _reasons.GetValueOrDefault(kind, (0, item.Prompt.Id, reason));
                _reasons[kind] = (count + 1, id, first);
            }
            progress.Report(new StageProgress("ask", "teacher", _accepted + _rejected + _failed, questions, Note()));
        }
    }

    /// <summary>"3 × length: cut after 8 tokens (first: line 4)", the most frequent first.</summary>
    public string Reasons()
    {
        lock (_gate)
            return string.Join("; ", _reasons.Values.OrderByDescending(reason => reason.Count).Take(MostReasons).Select(reason =>
                $"{reason.Count} × {(reason.Reason.Length > LongestReason ? reason.Reason[..LongestReason] + "…" : reason.Reason)} (first: {reason.Id})"));
    }

    private string Note()
    {
        var spent = budget.Spent;
        var left = questions - _accepted - _rejected - _failed;
        var parts = new List<string> { $"{_accepted} accepted, {_rejected} rejected, {_failed} failed" };
        if (ReferenceEquals(price, Price.Unknown)) parts.Add($"{spent.Tokens} tokens");
        else
        {
            parts.Add($"{Budget.Money(spent.Dollars)}{(caps.Dollars is { } cap ? $" of {Budget.Money(cap)}" : "")} spent");
            if (_asked > 0 && left > 0)
                parts.Add($"about {Budget.Money(spent.Dollars + (spent.Dollars - _before.Dollars) / _asked * left)} in all");
        }
        return string.Join(" · ", parts);
    }
}
