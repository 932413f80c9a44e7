using System.Text.Json;

namespace Retort.Data.Conversations.Filters;

/// <summary>What a name in a filter means: a key of the row, keys within it, or something that every conversation has.</summary>
/// <param name="path">Its keys from the outside in.</param>
internal sealed class FilterField(IReadOnlyList<string> path)
{
    /// <summary>As it is written.</summary>
    public string Name => string.Join('.', path);

    /// <summary>Whether it was asked for and no conversation had it: likely a slip of the pen.</summary>
    public bool IsMissing => _asked && !_found;

    private bool _asked, _found;

    public FilterValue Of(Conversation conversation)
    {
        var value = Look(conversation);
        _asked = true;
        _found |= value.Kind != FilterKind.Nothing;
        return value;
    }

    private FilterValue Look(Conversation conversation)
    {
        if (!conversation.Fields.TryGetValue(path[0], out var value)) return path.Count > 1 ? FilterValue.Nothing : Own(conversation);
        foreach (var key in path.Skip(1))
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(key, out value)) return FilterValue.Nothing;
        return FilterValue.Of(value);
    }

    private FilterValue Own(Conversation conversation) => path[0] switch
    {
        "id" => FilterValue.Of(conversation.Id),
        "label" => conversation.Label is { } label ? FilterValue.Of(label) : FilterValue.Nothing,
        "time" => FilterValue.Of(conversation.Time),
        "turns" => FilterValue.Of((double)conversation.AllMessages.Count()),
        "characters" => FilterValue.Of((double)conversation.AllMessages.Sum(message => message.Content?.Length ?? 0)),
        "answered" => FilterValue.Of(conversation.Answer is not null),
        _ => FilterValue.Nothing,
    };
}
