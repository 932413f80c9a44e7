using Retort.Tensors;

namespace Retort.Teachers.Chat;

/// <summary>
/// Asks only what the budget allows, and enters each attempt into the ledger before it goes out. What may have been charged without an
/// answer (silence, a cut, a kill) counts at its worst case; a refusal costs nothing.
/// </summary>
/// <param name="inner">Asked once for each attempt.</param>
/// <param name="budget">Reserved in and settled.</param>
/// <param name="price">Of the teacher.</param>
/// <param name="ledger">Where attempts and replies are kept.</param>
public sealed class BudgetedTeacher(IChatTeacher inner, Budget budget, Price price, IReplyLedger ledger) : IChatTeacher
{
    private readonly Lock _gate = new();
    private long _more;

    public string Identity => inner.Identity;

    public async Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation)
    {
        var input = WorstCase.Input(request);
        var worst = price.AtMost(input + More(), WorstCase.Output(request));
        await budget.ReserveAsync(worst, cancellation).ConfigureAwait(false);
        var (charged, outcome, reply) = (default(Spend), "not sent", (ChatReply?)null);
        try
        {
            var attempt = ledger.Begin(RequestKey.Of(Identity, request), worst);
            (charged, outcome) = (worst, "unknown");
            try
            {
                reply = await inner.AskAsync(request, cancellation).ConfigureAwait(false);
                (charged, outcome) = (Charge(reply.Usage, worst, input), "answered");
                return reply;
            }
            catch (ChatTroubleException trouble)
            {
                charged = trouble.Usage is null && !trouble.MayBeBilled ? Spend.OfRefusal : Charge(trouble.Usage, worst, input);
                outcome = trouble.Kind.ToString();
                throw;
            }
            catch (RetortException)
            {
                (charged, outcome) = (Spend.OfRefusal, "refused");
                throw;
            }
            finally
            {
                ledger.End(attempt, charged, outcome, reply);
            }
        }
        finally
        {
            budget.Settle(worst, charged);
        }
    }

    /// <summary>A prompt that took more than its worst case (a long template of the service's own) raises that of all later ones.</summary>
    private Spend Charge(ChatUsage? usage, Spend worst, long input)
    {
        if (usage is null) return worst;
        lock (_gate) _more = Math.Max(_more, usage.Input - input);
        return price.Of(usage);
    }

    private long More()
    {
        lock (_gate) return _more;
    }
}
