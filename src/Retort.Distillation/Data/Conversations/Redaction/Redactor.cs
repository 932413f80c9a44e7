using System.Text;

namespace Retort.Data.Conversations.Redaction;

/// <summary>
/// Replaces keys and personal data by pseudonyms that are the same throughout one conversation: &lt;EMAIL_1&gt;. Messages, reasoning,
/// leaves of the JSON in tools' arguments, definitions and metadata are looked at. What is found is what has a shape; a name or a street
/// has none.
/// </summary>
public sealed class Redactor
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>In the order in which they win where two begin at one place with one length.</summary>
    public static IReadOnlyList<IRedactionPattern> Patterns { get; } =
    [
        new KeyPattern(), new CredentialsPattern(), new PasswordPattern(), new EmailPattern(), new IbanPattern(), new CardPattern(),
        new PhonePattern(), new AddressPattern(),
    ];

    /// <summary>How often each kind was replaced.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public Conversation Redact(Conversation conversation)
    {
        var names = new Pseudonyms();
        foreach (var text in conversation.AllMessages.SelectMany(message => message.Texts)) names.Meet(text);
        return conversation with
        {
            Id = conversation.Id is { } id ? Replace(id, names) : null,
            Messages = [.. conversation.Messages.Select(message => Redact(message, names))],
            Preferred = conversation.Preferred is { } better ? Redact(better, names) : null,
            NonPreferred = conversation.NonPreferred is { } worse ? Redact(worse, names) : null,
            Tools = conversation.Tools is { } tools ? JsonRedaction.Redact(tools, text => Replace(text, names)) : null,
            Fields = conversation.Fields.ToDictionary(field => field.Key,
                field => JsonRedaction.Redact(field.Value, text => Replace(text, names)), StringComparer.Ordinal),
        };
    }

    /// <summary>A text that belongs to no conversation; what is found in it is not counted.</summary>
    public static string RedactAlone(string text)
    {
        var names = new Pseudonyms();
        names.Meet(text);
        return Replace(text, names, null);
    }

    private Message Redact(Message message, Pseudonyms names) => message with
    {
        Content = message.Content is { } content ? Either(content, names) : null,
        Reasoning = message.Reasoning is { } reasoning ? Replace(reasoning, names) : null,
        Name = message.Name is { } name ? Replace(name, names) : null,
        ToolCalls = [.. message.ToolCalls.Select(call => call with { Arguments = Either(call.Arguments, names) })],
    };

    /// <summary>What is JSON is looked at leaf by leaf: an escape beside a key would hide it.</summary>
    private string Either(string text, Pseudonyms names) =>
        JsonRedaction.Redact(text, leaf => Replace(leaf, names)) ?? Replace(text, names);

    private string Replace(string text, Pseudonyms names) => Replace(text, names, _counts);

    private static string Replace(string text, Pseudonyms names, SortedDictionary<string, long>? counts)
    {
        if (text.Length < 6) return text;
        var found = Patterns.SelectMany(pattern => pattern.Find(text).Select(match => (pattern.Kind, Match: match)))
            .OrderBy(one => one.Match.Start).ThenByDescending(one => one.Match.Length).ToList();
        if (found.Count == 0) return text;
        var (made, end) = (new StringBuilder(text.Length), 0);
        foreach (var (kind, match) in found)
        {
            if (match.Start < end) continue;
            made.Append(text, end, match.Start - end).Append(names.Of(kind, match.Identity));
            end = match.End;
            if (counts is not null) counts[kind] = counts.GetValueOrDefault(kind) + 1;
        }
        return made.Append(text, end, text.Length - end).ToString();
    }
}
