using Retort.Data.Conversations.Duplicates;
using Retort.Data.Conversations.Redaction;
using Retort.Tensors;

namespace Retort.Data.Conversations;

/// <summary>
/// From files of conversations to parts that may be trained on: read and check, filter, redact, take out what repeats, split so that like
/// prompts stay together, look for leaks. What is left out is kept with its reason.
/// </summary>
/// <param name="options">How.</param>
/// <param name="cancellation">Stops it between two rows.</param>
public sealed class Curation(CurationOptions options, CancellationToken cancellation = default)
{
    private const int Shown = 3;

    private readonly List<SetAside> _aside = [];
    private readonly List<Conversation> _kept = [];
    private readonly Redactor _redactor = new();
    private readonly DuplicateRemoval _duplicates = new(options.Seed);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private long _rows, _bad;

    /// <exception cref="RetortException">
    /// A file cannot be read, too many rows are bad (what was set aside is written first), nothing is left, or a question leaks.
    /// </exception>
    public CurationResult Run(IReadOnlyList<string> files, string folder)
    {
        CurationFolder.Check(folder);
        List<CuratedFile> read = [.. files.Select(Read)];
        try
        {
            CheckShare(files);
            if (_kept.Count == 0) options.Filter?.CheckNames(_names.Order(StringComparer.Ordinal));
            if (_kept.Count == 0)
                throw new RetortException(string.Join(", ", files), $"of {_rows} rows none is left: {Reasons()}.", "at least one conversation.");
            if (_kept.Exists(one => one.IsPair) && _kept.Find(one => !one.IsPair) is { } alone)
                throw new RetortException(alone.Place, "preference pairs and conversations are mixed.", "one of the two.", "curate them apart.");
        }
        catch (RetortException)
        {
            CurationFolder.WriteAside(folder, _aside, options.Redacts);
            throw;
        }
        uint[][] prompts = [.. _kept.Select(DuplicateText.Prompt)];
        var parts = GroupedSplit.Of(DuplicateGroups.Of(prompts, options.Seed), options.Shares, options.Seed.Derive("split"));
        var leaks = Leaks(prompts, parts);
        if (!options.AllowsLeak) LeakCheck.Refuse(leaks, string.Join(", ", files));
        List<Conversation>[] dealt = [.. options.Shares.Select((_, part) => _kept.Where((_, index) => parts[index] == part).ToList())];
        var result = new CurationResult(read, _rows, dealt, _aside, _redactor.Counts, leaks);
        CurationFolder.Write(folder, result, options);
        return result;
    }

    private CuratedFile Read(string path)
    {
        var reader = ConversationReader.Open(path);
        var check = new ConversationCheck(options.MostCharacters, options.Tokenizer, options.MostTokens);
        var before = _rows;
        foreach (var (conversation, aside) in reader.Read(check))
        {
            cancellation.ThrowIfCancellationRequested();
            _rows++;
            var left = aside ?? Choose(conversation!);
            if (left is null) continue;
            _aside.Add(left);
            if (!left.IsChoice) _bad++;
        }
        return new CuratedFile(path, reader.Shape.Name, _rows - before, CurationFolder.Hash(path));
    }

    /// <returns>Null where it stays; else why it does not.</returns>
    private SetAside? Choose(Conversation conversation)
    {
        foreach (var (name, _) in conversation.Fields) _names.Add(name);
        try
        {
            if (options.Filter?.Holds(conversation) == false) return Left(conversation, SetAside.Filtered, "the filter does not want it.");
        }
        catch (ConversationException error)
        {
            return Left(conversation, error.Reason, error.What);
        }
        if ((options.Since is { } since && !(conversation.Time >= since)) || (options.Until is { } until && !(conversation.Time < until)))
            return Left(conversation, SetAside.OutOfTime, conversation.Time is { } time ? FormattableString.Invariant($"it is of {time:u}.") : "it has no time.");
        if (options.Redacts) conversation = _redactor.Redact(conversation);
        if (_duplicates.Repeats(conversation) is var (reason, what)) return Left(conversation, reason, what);
        _kept.Add(conversation);
        return null;
    }

    private static SetAside Left(Conversation conversation, string reason, string what)
    {
        var colon = conversation.Place.LastIndexOf(':');
        return new SetAside(conversation.Place[..colon],
            long.Parse(conversation.Place.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture), null, reason, what);
    }

    private void CheckShare(IReadOnlyList<string> files)
    {
        if (_bad <= options.MostBad * _rows) return;
        var first = _aside.Where(aside => !aside.IsChoice).Take(Shown)
            .Select(aside => $"{aside.File}:{aside.Line}{(aside.Column is { } column ? $":{column}" : "")} {aside.What}");
        throw new RetortException(string.Join(", ", files),
            FormattableString.Invariant($"{_bad} of {_rows} rows are bad ({100.0 * _bad / _rows:0.##} %): {string.Join(" ", first)}{(_bad > Shown ? " …" : "")}"),
            FormattableString.Invariant($"at most {100 * options.MostBad:0.##} % (--max-bad)."),
            "all of them stand in set-aside.jsonl, with their reasons: correct them, or allow more.");
    }

    private string Reasons() => string.Join(", ", _aside.GroupBy(aside => aside.Reason).Select(group => $"{group.Count()} {group.Key}"));

    /// <summary>Between the parts, and between the first part and what will be measured with.</summary>
    private List<Leak> Leaks(uint[][] prompts, int[] parts)
    {
        var check = new LeakCheck(options.Seed.Derive("leak")); // other functions than the groups were made with: two chances to see one
        for (var index = 0; index < prompts.Length; index++)
            if (parts[index] == 0) check.Learn(_kept[index].Place, prompts[index]);
        var leaks = new List<Leak>();
        for (var index = 0; index < prompts.Length; index++)
            if (parts[index] != 0 && check.Find(_kept[index].Place, prompts[index]) is { } leak) leaks.Add(leak);
        foreach (var file in options.Against)
            leaks.AddRange(EvaluationPrompts.Read(file, options.Redacts).Select(asked => check.Find(asked.Place, asked.Prompt))
                .OfType<Leak>());
        return leaks;
    }
}
