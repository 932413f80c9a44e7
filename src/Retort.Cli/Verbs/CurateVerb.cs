using System.CommandLine;
using System.Globalization;
using Retort.Cli.Screens;
using Retort.Data.Conversations;
using Retort.Data.Conversations.Filters;
using Retort.Formats.Tokenizers;
using Retort.Tensors;

namespace Retort.Cli.Verbs;

internal static class CurateVerb
{
    private const string Lesson = """
        Examples:
          retort curate traffic.jsonl.gz --out data
          retort curate a.jsonl b.json --filter 'grade >= 0.8 && metadata.task in ("triage", "reply")' --since 2026-11-01 --out data
          retort curate chats.jsonl --against evaluation.jsonl --split 0.9,0.1,0 --max-bad 5% --out data

        FILES are JSONL or one JSON list, plain or gzip; each has one shape, told by its first rows: OpenAI chat, batch requests, preference
        pairs, stored completions; prompt and completion; Alpaca; ShareGPT; chosen and rejected; Bedrock conversations and invocation logs.

        Keys and personal data become pseudonyms that stay the same within a conversation (<EMAIL_1>). What repeats is taken out: the same
        messages, or nearly the same words (Jaccard of runs of five words, 0.8 or more). Like prompts stay in one part. A prompt that stands
        in two parts, or in training and in EVAL, stops everything, unless --allow-leak is said.

        It leaves behind train.jsonl, validation.jsonl and test.jsonl in OpenAI's shape, set-aside.jsonl (every row that is in none of them,
        with file, line and reason) and manifest.json (counts by reason, hashes). Nothing is cut off, and nothing disappears.
        """;

    public static Command Build(Surroundings surroundings)
    {
        var files = new Argument<string[]>("FILES") { Description = "Conversations.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "The folder to write, new or empty.", HelpName = "DIR", Required = true };
        var filter = Text("--filter", "Which are wanted: comparisons of keys, with &&, ||, !, in (…) and parentheses.", "EXPRESSION");
        var since = Text("--since", "The first day or moment wanted (UTC).", "DAY");
        var until = Text("--until", "The first day or moment no longer wanted.", "DAY");
        var redact = new Option<string>("--redact") { Description = "on or off (default: on).", HelpName = "on|off", DefaultValueFactory = _ => "on" };
        var split = NumberList.New("--split", "Shares of train, validation and test", new CurationOptions().Shares);
        var bad = new Option<string>("--max-bad") { Description = "Share of bad rows that is borne (default: 1%).", HelpName = "P%", DefaultValueFactory = _ => "1%" };
        var characters = new Option<long>("--max-characters")
        {
            Description = "Of a conversation; longer ones are set aside (default: 1000000).", HelpName = "N",
            DefaultValueFactory = _ => new CurationOptions().MostCharacters,
        };
        var tokens = new Option<int?>("--max-tokens") { Description = "Of a conversation, as the tokenizer counts them: what the student can read.", HelpName = "N" };
        var tokenizer = Text("--tokenizer", "Folder of the model whose tokens are counted.", "MODEL");
        var against = new Option<string[]>("--against") { Description = "What will be measured with: nothing of it may be learnt.", HelpName = "EVAL.jsonl" };
        var allow = new Option<bool>("--allow-leak") { Description = "Leaks are counted, and stop nothing." };
        var seed = new Option<ulong>("--seed") { Description = "Of the split (default: 1).", HelpName = "N", DefaultValueFactory = _ => 1 };
        var json = RecipeOptions.NewJson();
        var verb = new Verb("curate", "Makes data to train on of conversations: checks, redacts, takes out what repeats, splits.", Lesson)
        {
            files, output, filter, since, until, redact, split, bad, characters, tokens, tokenizer, against, allow, seed, json,
        };
        verb.SetAction(parsed =>
        {
            var screen = new Screen(surroundings, parsed.GetValue(json));
            return Failure.Guard(surroundings, screen, () =>
            {
                var wanted = parsed.GetValue(filter);
                var options = new CurationOptions
                {
                    FilterText = wanted,
                    Filter = wanted is null ? null : FilterExpression.Parse(wanted),
                    Since = Day("--since", parsed.GetValue(since)),
                    Until = Day("--until", parsed.GetValue(until)),
                    Redacts = parsed.GetValue(redact) switch
                    {
                        "on" => true,
                        "off" => false,
                        var other => throw new RetortException("--redact", $"it is '{other}'.", "on or off."),
                    },
                    Shares = Shares(NumberList.Read("--split", parsed.GetValue(split), new CurationOptions().Shares)),
                    MostBad = Share.Read("--max-bad", parsed.GetValue(bad)!),
                    MostCharacters = parsed.GetValue(characters),
                    MostTokens = parsed.GetValue(tokens),
                    Tokenizer = Counter(parsed.GetValue(tokens), parsed.GetValue(tokenizer), surroundings),
                    Against = parsed.GetValue(against) ?? [],
                    AllowsLeak = parsed.GetValue(allow),
                    Seed = new Seed(parsed.GetValue(seed)),
                };
                var folder = parsed.GetValue(output)!;
                return Tell(screen, folder, new Curation(options, surroundings.Cancellation).Run(parsed.GetValue(files)!, folder));
            });
        });
        return verb;
    }

    private static Option<string?> Text(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help };

    private static Tokenizer? Counter(int? tokens, string? folder, Surroundings surroundings)
    {
        if (tokens is null != folder is null)
            throw new RetortException("--max-tokens", "it goes with --tokenizer, and --tokenizer with it.", "both, or none.", "characters are bounded by --max-characters.");
        return folder is null ? null : TokenizerFolder.Read(ModelOptions.Local(folder, surroundings));
    }

    private static DateTimeOffset? Day(string name, string? text) => text is null ? null
        : RowTime.Parse(text) ?? throw new RetortException(name, $"'{text}' is no day.", "as in 2026-11-01 or 2026-11-01T09:30:00Z.");

    private static IReadOnlyList<double> Shares(IReadOnlyList<double> shares) =>
        shares.Count == CurationResult.Names.Count && shares.All(share => share is >= 0 and <= 1) && Math.Abs(shares.Sum() - 1) < 1e-6
            && shares[0] > 0
            ? shares
            : throw new RetortException("--split", $"it is {string.Join(",", shares.Select(share => share.ToString(CultureInfo.InvariantCulture)))}.",
                "three shares whose sum is 1, such as 0.8,0.1,0.1; the first is above 0.");

    private static int Tell(Screen screen, string folder, CurationResult result)
    {
        var parts = CurationResult.Names.Zip(result.Parts, (name, part) => (Name: name, part.Count)).ToList();
        foreach (var file in result.Files) screen.Say($"read       {file.Path}: {file.Rows} rows, {file.Shape}");
        screen.Say($"kept       {string.Join(", ", parts.Select(part => $"{part.Count} {part.Name}"))}");
        if (result.Aside.Count > 0)
            screen.Say($"set aside  {string.Join(", ", Reasons(result).Select(one => $"{one.Count} {one.Reason}"))}");
        if (result.Redacted.Count > 0)
            screen.Say($"redacted   {string.Join(", ", result.Redacted.Select(kind => $"{kind.Value} {kind.Key}"))}");
        if (result.Leaks.Count > 0) screen.Say($"warning: {result.Leaks.Count} prompts of validation, test or EVAL are asked in training; --allow-leak was said.");
        screen.Say($"wrote      {folder}");
        screen.Data(data =>
        {
            data.WriteNumber("exitCode", ExitCode.Done);
            data.WriteString("out", folder);
            data.WriteNumber("rows", result.Rows);
            foreach (var (name, count) in parts) data.WriteNumber(name, count);
            data.WriteStartObject("setAside");
            foreach (var (reason, count) in Reasons(result)) data.WriteNumber(reason, count);
            data.WriteEndObject();
            data.WriteStartObject("redacted");
            foreach (var (kind, count) in result.Redacted) data.WriteNumber(kind, count);
            data.WriteEndObject();
            data.WriteNumber("leaks", result.Leaks.Count);
        });
        return ExitCode.Done;
    }

    private static IEnumerable<(string Reason, int Count)> Reasons(CurationResult result) => result.Aside.GroupBy(aside => aside.Reason)
        .Select(group => (group.Key, group.Count())).OrderByDescending(one => one.Item2);
}
