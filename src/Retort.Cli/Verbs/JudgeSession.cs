using System.CommandLine;
using Retort.Asking;
using Retort.Cli.Screens;
using Retort.Grading.Judges;
using Retort.Teachers.Chat;

namespace Retort.Cli.Verbs;

/// <summary>A judge behind an endpoint, with the folder that keeps what it was asked, said and paid.</summary>
internal sealed class JudgeSession : IDisposable
{
    private readonly HttpChatTeacher _wire;
    private readonly AskingFolder _folder;
    private readonly AskingOrder _order;

    private JudgeSession(HttpChatTeacher wire, AskingFolder folder, AskingOrder order, TimeProvider time)
    {
        (_wire, _folder, _order) = (wire, folder, order);
        var budget = new Budget(order.Caps, folder.Journal.Spent().All);
        Judge = new ChatJudge(AskingJob.Around(wire, order, budget, folder.Journal, time), order.Parameters,
            Math.Max(16, 2 * order.Concurrency));
    }

    public ChatJudge Judge { get; }

    /// <summary>Items under way at once: as many as keep the endpoint busy while the first of them waits.</summary>
    public int AtOnce => 2 * _order.Concurrency;

    public static JudgeSession Open(EndpointOptions options, ParseResult parsed, ChatEndpoint endpoint, string folder, TimeProvider time)
    {
        var order = options.Order(parsed, endpoint, [], options.Parameters(parsed));
        var wire = options.Open(parsed, endpoint, time);
        try
        {
            return new JudgeSession(wire, AskingFolder.Open(folder), order, time);
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }

    /// <summary>What the folder has cost so far; also into its cost.json.</summary>
    public Spend Cost(Screen screen)
    {
        var ((spent, worst), answered) = (_folder.Journal.Spent(), _folder.Journal.Answered);
        _folder.WriteCost(new AskingResult(answered, answered, 0, 0, spent, worst), _wire.Identity, _order.Price);
        screen.Say($"judge      {_wire.Identity}: {(IsPriced ? Budget.Money(spent.Dollars) : "an unknown amount")} for {spent.Requests} requests, {spent.Input} + {spent.Output} tokens"
            + (worst.Requests == 0 ? "" : $"; {worst.Requests} of them came back without a count and stand there at their worst case"));
        if (Judge.RefusesForms) screen.Say("           the service refuses forms of answers (response_format): only the prompt asks for JSON.");
        return spent;
    }

    public bool IsPriced => !ReferenceEquals(_order.Price, Price.Unknown);

    public void Dispose()
    {
        _folder.Dispose();
        _wire.Dispose();
    }
}
