using System.CommandLine;
using Retort.Asking;
using Retort.Cli.Screens;
using Retort.Teachers.Chat;

namespace Retort.Cli.Verbs;

internal static class AskVerb
{
    private const string Lesson = """
        Examples:
          retort ask prompts.jsonl --endpoint https://api.openai.com/v1 --model gpt-4o-mini --key-variable OPENAI_API_KEY --plan
          retort ask prompts.jsonl --endpoint https://api.openai.com/v1 --model gpt-4o-mini --key-variable OPENAI_API_KEY --max-usd 5
          retort ask prompts.jsonl --endpoint http://127.0.0.1:8080/v1 --model tiny --price-in 0 --price-out 0 --top-logprobs 20
          retort ask texts.jsonl … --choices positive negative --top-logprobs 20 --new-tokens 1

        Lines are {"prompt": "…"} or {"messages": [{"role": "user", "content": "…"}]}, either with an "id". The first 16 are asked
        alone: all but one of their answers must be accepted. The worst case of each request is reserved before it goes out, so no
        cap is ever passed. Killed or stopped, the same command goes on where it was, and nothing is paid for twice.

        The key comes from the environment and is written nowhere. It leaves behind in DIR: answers.jsonl (with log-probabilities,
        where asked), rejected.jsonl with reasons, set-aside.jsonl (lines of the file that are no questions), cost.json, and journal.db,
        an SQLite file of every request.
        """;

    private const int MostShown = 5;

    public static Command Build(Surroundings surroundings)
    {
        var options = new AskOptions();
        var verb = new Verb("ask", "Asks a language model behind an API, within a budget, and keeps the answers.", Lesson);
        options.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(options.Json));
            var folder = options.Folder(parsed);
            return Failure.Guard(surroundings, screen, () =>
            {
                var endpoint = options.Endpoint(parsed);
                var read = options.Prompts(parsed);
                var order = options.Order(parsed, endpoint, read.Prompts);
                return parsed.GetValue(options.Plan)
                    ? Plan(screen, read, AskingPlan.Of(order, endpoint.Identity, options.Count(parsed)))
                    : Ask(surroundings, screen, options, parsed, endpoint, read, order, folder);
            }, folder, $"the same command, with --out {folder}");
        });
        return verb;
    }

    private static int Plan(Screen screen, PromptFile read, IReadOnlyList<AskingPlanRow> plan)
    {
        Aside(screen, read);
        var rows = plan.Select(row => new[] { row.Item, row.Value, row.Why }).ToList();
        screen.Table(["asking", "estimate", "because"], rows);
        screen.Data(json => json.WriteRows("plan", ["item", "value", "why"], rows));
        return ExitCode.Done;
    }

    private static int Ask(Surroundings surroundings, Screen screen, AskOptions options, ParseResult parsed, ChatEndpoint endpoint,
        PromptFile read, AskingOrder order, string path)
    {
        Aside(screen, read);
        using var wire = options.Open(parsed, endpoint, surroundings.Time);
        using var folder = AskingFolder.Open(path);
        folder.WriteAside(read.Aside);
        var result = ProgressBars.Around(screen, surroundings.Time, progress =>
        {
            var job = new AskingJob(order, wire, folder.Journal, progress, surroundings.Time);
            try
            {
                return job.RunAsync(surroundings.Cancellation).GetAwaiter().GetResult();
            }
            finally
            {
                folder.Write(job.Items, job.Result, endpoint.Identity, order.Price);
            }
        });
        Tell(screen, folder, order, result);
        return ExitCode.Done;
    }

    private static void Aside(Screen screen, PromptFile read)
    {
        if (read.Aside.Count == 0) return;
        screen.Say($"warning: {read.Aside.Count} of {read.Aside.Count + read.Prompts.Count} lines are bad and not asked:");
        foreach (var one in read.Aside.Take(MostShown)) screen.Say($"  {one.File}:{one.Line}  {one.What}");
        if (read.Aside.Count > MostShown) screen.Say($"  and {read.Aside.Count - MostShown} more, in set-aside.jsonl");
    }

    private static void Tell(Screen screen, AskingFolder folder, AskingOrder order, AskingResult result)
    {
        var (spent, worst) = (result.Spent, result.AtWorst);
        var priced = !ReferenceEquals(order.Price, Price.Unknown);
        screen.Say($"{result.Accepted} of {result.Questions} answers are accepted, {result.Rejected} rejected, {result.Failed} failed.");
        screen.Say($"{(priced ? Budget.Money(spent.Dollars) : "an unknown amount")} for {spent.Requests} requests, {spent.Input} + {spent.Output} tokens.");
        if (worst.Requests > 0)
            screen.Say($"{worst.Requests} requests came back without a count and stand there at their worst case{(priced ? $": {Budget.Money(worst.Dollars)}" : "")}.");
        if (result.Failed > 0) screen.Say("the same command asks the failed ones again.");
        foreach (var file in (string[])[folder.Answers, folder.Rejected, folder.Cost]) screen.Say(file);
        screen.Data(json =>
        {
            json.WriteNumber("exitCode", ExitCode.Done);
            json.WriteNumber("questions", result.Questions);
            json.WriteNumber("accepted", result.Accepted);
            json.WriteNumber("rejected", result.Rejected);
            json.WriteNumber("failed", result.Failed);
            json.WriteNumber("requests", spent.Requests);
            json.WriteNumber("tokens", spent.Tokens);
            if (priced) json.WriteNumber("usd", spent.Dollars);
            json.WriteString("out", folder.Root);
        });
    }
}
