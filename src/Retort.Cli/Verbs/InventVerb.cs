using System.CommandLine;
using System.Globalization;
using Retort.Asking;
using Retort.Asking.Inventing;
using Retort.Cli.Screens;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

internal static class InventVerb
{
    private const string Lesson = """
        Examples:
          retort invent seeds.jsonl --count 500 --endpoint http://127.0.0.1:8080/v1 --model tiny --price-in 0 --price-out 0
          retort invent seeds.jsonl --count 500 --topics invoices refunds delivery --max-usd 2 --endpoint URL --model NAME --key-variable NAME
          retort ask runs/seeds/prompts.jsonl …

        A model writes new prompts from a few of yours (Self-Instruct, Wang et al. 2022): each request shows 6 of your seeds and 2 new
        prompts and asks for 8 more. Taken is what is at least 3 and at most 150 words long, has none of the words of --without, and is
        not near to any seed or new prompt (ROUGE-L below 0.7). Topics take turns until each has its share; without --topics they are words
        of your seeds. Seeds are lines such as {"prompt": "…"}, {"messages": […]} or {"instruction": "…", "input": "…"}.

        Caps are hard: at one it stops with exit code 75, and the same command with a higher one goes on. Killed or stopped, it goes on with
        the requests that it had drawn, and nothing is paid for twice. It leaves behind in DIR: prompts.jsonl, which retort ask takes,
        rejected.jsonl with reasons, cost.json, rounds.jsonl (what was asked) and journal.db.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var service = new EndpointOptions(required: true, newTokens: 2048, (1, "The paper's is 0.7; 1 brings more that is new."));
        var output = new Option<string?>("--out") { Description = "Where everything goes (default: runs/SEEDS).", HelpName = "DIR" };
        var json = RecipeOptions.NewJson();
        var seeds = new Argument<string>("SEEDS") { Description = "A file of prompts, one JSON object a line." };
        var count = new Option<int>("--count") { Description = "New prompts that are wanted.", HelpName = "N", Required = true };
        var topics = Words("--topics", "What they are about, in equal shares (default: words of the seeds).");
        var without = Words("--without", "Words that no prompt may have, such as image, graph, video.");
        var perRequest = Number("--per-request", "New prompts that one request asks for.", 8);
        var seedExamples = Number("--seed-examples", "Seeds that a request shows.", 6);
        var inventedExamples = Number("--invented-examples", "New prompts that a request shows.", 2);
        var fewest = Number("--min-words", "Fewest words of a prompt.", 3);
        var most = Number("--max-words", "Most words of a prompt.", 150);
        var near = new Option<double>("--too-near")
        {
            Description = "ROUGE-L to another prompt from which on one is refused.", HelpName = "R", DefaultValueFactory = _ => 0.7,
        };
        var draw = new Option<ulong>("--draw") { Description = "Which prompts are shown when.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var verb = new Verb("invent", "Has a language model write new prompts from a few of yours, within a budget.", Lesson) { seeds };
        foreach (var option in (Option[])[count, topics, without, perRequest, seedExamples, inventedExamples, fewest, most, near, draw])
            verb.Add(option);
        foreach (var option in (Option[])[output, .. service.All, json]) verb.Add(option);
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            var folder = parsed.GetValue(output) ?? Path.Combine("runs", Path.GetFileNameWithoutExtension(parsed.GetValue(seeds)!));
            int AtLeast(Option<int> option, int least) => parsed.GetValue(option) is var value && value >= least ? value
                : throw new RetortException(option.Name, $"it is {value}.", $"{least} or more.");
            return Failure.Guard(surroundings, screen, () =>
            {
                var endpoint = service.Endpoint(parsed);
                var order = new InventingOrder
                {
                    Seeds = InventingFiles.Seeds(parsed.GetValue(seeds)!),
                    Count = AtLeast(count, 1),
                    Asking = service.Order(parsed, endpoint, [], service.Parameters(parsed)),
                    Topics = [.. parsed.GetValue(topics)!.Distinct()],
                    Without = parsed.GetValue(without)!,
                    PerRequest = AtLeast(perRequest, 1),
                    SeedExamples = AtLeast(seedExamples, 1),
                    InventedExamples = AtLeast(inventedExamples, 0),
                    FewestWords = AtLeast(fewest, 1),
                    MostWords = AtLeast(most, parsed.GetValue(fewest)),
                    TooNear = parsed.GetValue(near) is > 0 and <= 1 and var bound ? bound
                        : throw new RetortException("--too-near", "it is out of range.", "above 0, at most 1."),
                    Draws = new Seed(parsed.GetValue(draw)),
                };
                using var wire = service.Open(parsed, endpoint, surroundings.Time);
                using var kept = AskingFolder.Open(folder);
                return Invent(surroundings, screen, order, wire, kept);
            }, folder, $"the same command, with --out {folder}");
        });
        return verb;
    }

    private static int Invent(Surroundings surroundings, Screen screen, InventingOrder order, HttpChatTeacher wire, AskingFolder folder)
    {
        var result = ProgressBars.Around(screen, surroundings.Time, progress =>
        {
            var job = new InventingJob(order, wire, folder, progress, surroundings.Time);
            try
            {
                return job.RunAsync(surroundings.Cancellation).GetAwaiter().GetResult();
            }
            finally
            {
                InventingFiles.Write(folder, job.Result, wire.Identity, order.Asking.Price);
            }
        });
        var (spent, priced) = (result.Asking.Spent, !ReferenceEquals(order.Asking.Price, Price.Unknown));
        var offered = result.Prompts.Count + result.Refused.Count;
        screen.Say(string.Create(CultureInfo.InvariantCulture,
            $"{result.Prompts.Count} new prompts from {result.Asking.Questions} requests; {100.0 * result.Prompts.Count / offered:0.#} % of {offered} are taken."));
        foreach (var reason in result.Refused.GroupBy(one => one.Reason.Split(':')[0]).OrderByDescending(same => same.Count()))
            screen.Say($"refused: {reason.Count()} {reason.Key}");
        screen.Say($"{(priced ? Budget.Money(spent.Dollars) : "an unknown amount")} for {spent.Requests} requests, {spent.Input} + {spent.Output} tokens"
            + (priced ? $": {Budget.Money(spent.Dollars / result.Prompts.Count)} a prompt." : "."));
        var rows = result.Coverage.Select(one => new[] { one.Topic, $"{one.Prompts}",
            string.Create(CultureInfo.InvariantCulture, $"{100.0 * one.Prompts / result.Prompts.Count:0.#} %") }).ToList();
        if (rows.Count > 0) screen.Table(["topic", "prompts", "share"], rows);
        screen.Say(Path.Combine(folder.Root, InventingFiles.Prompts));
        screen.Data(json =>
        {
            json.WriteNumber("exitCode", ExitCode.Done);
            json.WriteNumber("prompts", result.Prompts.Count);
            json.WriteNumber("refused", result.Refused.Count);
            json.WriteNumber("requests", spent.Requests);
            json.WriteNumber("tokens", spent.Tokens);
            if (priced) json.WriteNumber("usd", spent.Dollars);
            json.WriteRows("coverage", ["topic", "prompts", "share"], rows);
            json.WriteString("out", folder.Root);
        });
        return ExitCode.Done;
    }

    private static Option<string[]> Words(string name, string description) => new(name)
    {
        Description = description, HelpName = "A B C", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
    };

    private static Option<int> Number(string name, string description, int usual) =>
        new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => usual };
}
