using Retort.Runs;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Asking.Inventing;

/// <summary>
/// Rounds of requests, each of which shows a few prompts of a person and a few new ones and asks for more, until there are enough. A killed
/// job goes on with the requests that it had drawn and the replies that it had paid for.
/// </summary>
public sealed class InventingJob
{
    private const double FirstYield = 0.5;
    private const int FirstRound = 4;
    private readonly InventingOrder _order;
    private readonly IChatTeacher _wire;
    private readonly AskingFolder _folder;
    private readonly InventingRounds _rounds;
    private readonly PromptTopics _topics;
    private readonly PromptPool _pool;
    private readonly IProgress<StageProgress> _progress;
    private readonly TimeProvider _time;
    private int _requests, _answered, _failed;

    /// <param name="order">What is wanted.</param>
    /// <param name="wire">The teacher alone.</param>
    /// <param name="folder">Of the job; the caller's to dispose.</param>
    /// <param name="progress">Told of every new prompt.</param>
    /// <param name="time">For pauses and limits.</param>
    /// <exception cref="RetortException">There are too few seeds, or the folder belongs to another order.</exception>
    public InventingJob(InventingOrder order, IChatTeacher wire, AskingFolder folder, IProgress<StageProgress> progress, TimeProvider time)
    {
        (_order, _wire, _folder, _progress, _time) = (order, wire, folder, progress, time);
        if (order.Seeds.Count < order.SeedExamples)
            throw new RetortException("seeds", $"there are {order.Seeds.Count} of them.",
                $"at least {order.SeedExamples}: a request shows as many.", "write more, or lower --seed-examples.");
        _rounds = InventingRounds.Open(Path.Combine(folder.Root, "rounds.jsonl"), order, wire.Identity);
        _topics = new PromptTopics(order.Topics, order.Seeds, order.Count);
        _pool = new PromptPool(order, _topics);
    }

    public InventingResult Result
    {
        get
        {
            var (spent, worst) = _folder.Journal.Spent();
            return new InventingResult(_pool.Accepted, _pool.Refused, _topics.Coverage,
                new AskingResult(_requests, _pool.Accepted.Count, _pool.Refused.Count, _failed, spent, worst));
        }
    }

    /// <param name="stop">Asks no more; what is under way has a moment to come in.</param>
    /// <exception cref="RunPausedException">A cap is reached, or the endpoint does not answer any more.</exception>
    /// <exception cref="RunFailedException">The model has nothing new to say, or says it in another form.</exception>
    public async Task<InventingResult> RunAsync(CancellationToken stop)
    {
        for (var (round, barren) = (0, 0); _pool.Accepted.Count < _order.Count; round++)
        {
            stop.ThrowIfCancellationRequested();
            if (round == _rounds.Count)
            {
                if (Drawn(round) is not { Count: > 0 } drawn) throw Exhausted("every topic has its share, or brought nothing new for long");
                _rounds.Add(drawn);
            }
            var (fresh, readable) = await AskAsync(_rounds[round], stop).ConfigureAwait(false);
            if (round == 0 && _answered > 0 && readable == 0)
                throw new RunFailedException("smoke run", $"none of the first {_answered} replies is a JSON list of texts.",
                    "a model that can reply in a form.", "rejected.jsonl shows them; ask another model, or raise --new-tokens where they are cut.");
            barren = fresh > 0 ? 0 : barren + 1;
            if (barren >= _order.Patience) throw Exhausted($"{barren} rounds in a row brought nothing new");
        }
        return Result;
    }

    private async Task<(int Fresh, int Readable)> AskAsync(IReadOnlyList<DrawnRequest> requests, CancellationToken stop)
    {
        var order = _order.Asking with
        {
            Prompts = [.. requests.Select((request, i) => new Prompt($"request {_requests + i + 1}", [new ChatMessage("user", request.Text)]))],
            Samples = 1, Smoke = 0, MinimumSuccess = 0,
        };
        var job = new AskingJob(order, _wire, _folder.Journal, new Progress<StageProgress>(), _time);
        await job.RunAsync(stop).ConfigureAwait(false);
        var (fresh, readable, failed) = (0, 0, 0);
        foreach (var (request, item) in requests.Zip(job.Items))
        {
            _requests++;
            var record = _folder.Journal.Record(item.Key);
            if (record is not { State: ItemState.Accepted, Reply: { } reply })
            {
                if (record?.State == ItemState.Failed) failed++;
                else _answered++;
                _pool.Refused.Add(new RefusedPrompt(record?.Reply?.Answers[0].Text ?? "", record?.Reason ?? "no answer"));
                continue;
            }
            _answered++;
            if (InventingRequest.Read(reply.Answers[0].Text) is not { } prompts)
            {
                _pool.Refused.Add(new RefusedPrompt(reply.Answers[0].Text, "form: the reply is no JSON list of texts"));
                continue;
            }
            readable++;
            var taken = prompts.TakeWhile(_ => _pool.Accepted.Count < _order.Count).Count(prompt => _pool.Offer(prompt, request.Topic));
            _topics.Came(request.Topic, taken);
            fresh += taken;
            _progress.Report(new StageProgress("invent", "teacher", _pool.Accepted.Count, _order.Count,
                $"{_requests} requests, {_pool.Refused.Count} refused · {Budget.Money(_folder.Journal.Spent().All.Dollars)} spent"));
        }
        _failed += failed;
        if (failed == requests.Count)
            throw new RunPausedException(_wire.Identity, $"has left {failed} requests in a row without an answer.", "an endpoint that answers.",
                "what was answered stays; come back when it does.");
        return (fresh, readable);
    }

    /// <summary>As many requests as are likely to bring what is missing, each with a draw of its own.</summary>
    private List<DrawnRequest> Drawn(int round)
    {
        var yield = _requests == 0 ? FirstYield * _order.PerRequest : Math.Max(0.25, (double)_pool.Accepted.Count / _requests);
        var most = round == 0 ? Math.Min(FirstRound, _order.Asking.Concurrency) : _order.Asking.Concurrency;
        var count = (int)Math.Clamp(Math.Ceiling((_order.Count - _pool.Accepted.Count) / yield), 1, most);
        var draws = _order.Draws.Derive("invent").Derive((ulong)round);
        return [.. _topics.Next(count, _order.Patience).Select((topic, i) => new DrawnRequest(topic,
            InventingRequest.Text(Examples(draws.Derive((ulong)i)), _order.PerRequest, topic)))];
    }

    private List<string> Examples(Seed draw)
    {
        var invented = Some([.. _pool.Accepted.Select(prompt => prompt.Text)], _order.InventedExamples, draw.Derive("invented"));
        // at first there are none: the person's own stand in for them
        var own = Some(_order.Seeds, _order.SeedExamples + _order.InventedExamples - invented.Count, draw.Derive("seeds"));
        return [.. own, .. invented];
    }

    private static List<string> Some(IReadOnlyList<string> all, int count, Seed draw)
    {
        var (left, some) = (Enumerable.Range(0, all.Count).ToList(), new List<string>());
        while (some.Count < count && left.Count > 0)
        {
            var place = draw.Below(left.Count, (ulong)some.Count);
            some.Add(all[left[place]]);
            left.RemoveAt(place);
        }
        return some;
    }

    private RunFailedException Exhausted(string what) => new("prompts", $"{what}: there are {_pool.Accepted.Count} of {_order.Count}.",
        "a model that thinks of more.", "what came is in prompts.jsonl. Take more or other seeds, more topics, a higher --temperature or --too-near.");
}
