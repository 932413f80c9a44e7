namespace Retort.Data.Conversations.Filters;

/// <summary>A part of a filter that has a value for each conversation.</summary>
internal abstract record FilterNode(int Column)
{
    public abstract FilterValue Of(Conversation conversation);

    /// <summary>True, false, or nothing, which is false.</summary>
    /// <exception cref="ConversationException">The value is another one.</exception>
    public bool Holds(Conversation conversation)
    {
        var value = Of(conversation);
        return value.Kind is FilterKind.Truth or FilterKind.Nothing
            ? value.Number != 0
            : throw NotComparable(conversation, $"{value.Name} stands where true or false should");
    }

    protected ConversationException NotComparable(Conversation conversation, string what) =>
        new(SetAside.NotComparable, conversation.Place, $"{what} ({FilterLexer.Location}:{Column}).");
}

internal sealed record LiteralNode(FilterValue Value, int Column) : FilterNode(Column)
{
    public override FilterValue Of(Conversation conversation) => Value;
}

internal sealed record FieldNode(FilterField Field, int Column) : FilterNode(Column)
{
    public override FilterValue Of(Conversation conversation) => Field.Of(conversation);
}

internal sealed record NotNode(FilterNode Inner, int Column) : FilterNode(Column)
{
    public override FilterValue Of(Conversation conversation) => FilterValue.Of(!Inner.Holds(conversation));
}

/// <summary>All of several, or any of them; the rest is not looked at once it is decided.</summary>
internal sealed record JoinNode(IReadOnlyList<FilterNode> Parts, bool All, int Column) : FilterNode(Column)
{
    public override FilterValue Of(Conversation conversation)
    {
        foreach (var part in Parts)
            if (part.Holds(conversation) != All) return FilterValue.Of(!All);
        return FilterValue.Of(All);
    }
}

internal sealed record InNode(FilterNode Left, IReadOnlyList<FilterNode> Values, int Column) : FilterNode(Column)
{
    public override FilterValue Of(Conversation conversation) => FilterValue.Of(Values.Any(value =>
        CompareNode.AreEqual(Left.Of(conversation), value.Of(conversation))));
}

/// <summary>
/// Order is between two numbers, two texts (by their code points) or two times; with nothing it is false. Other kinds are equal to none.
/// </summary>
internal sealed record CompareNode(FilterNode Left, string Sign, FilterNode Right, int Column) : FilterNode(Column)
{
    public override FilterValue Of(Conversation conversation)
    {
        var (left, right) = (Left.Of(conversation), Right.Of(conversation));
        if (Sign is "==" or "!=") return FilterValue.Of(AreEqual(left, right) == (Sign == "=="));
        (left, right) = (left.Beside(right), right.Beside(left));
        if (left.Kind == FilterKind.Nothing || right.Kind == FilterKind.Nothing) return FilterValue.Of(false);
        if (left.Kind != right.Kind || left.Kind is FilterKind.Truth or FilterKind.Structure)
            throw NotComparable(conversation, $"{left.Name} is compared with {right.Name}");
        var order = left.Kind == FilterKind.Text ? string.CompareOrdinal(left.Text, right.Text) : left.Number.CompareTo(right.Number);
        return FilterValue.Of(Sign switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 });
    }

    public static bool AreEqual(FilterValue left, FilterValue right)
    {
        (left, right) = (left.Beside(right), right.Beside(left));
        return left.Kind != FilterKind.Structure && left == right;
    }
}
