using Retort.Tensors;

namespace Retort.Data.Conversations.Filters;

/// <summary>
/// Which conversations are wanted: <c>grade >= 0.8 &amp;&amp; metadata.task == "triage"</c>. Names are keys of a row, or id, label, time,
/// turns, characters, answered. It compares, and does nothing else: no calls, no arithmetic; its length and depth are bounded.
/// </summary>
public sealed class FilterExpression
{
    private const int MostCharacters = 4096, Deepest = 64;

    private readonly List<FilterToken> _tokens;
    private readonly List<FilterField> _fields = [];
    private readonly FilterNode _root;
    private int _place, _depth;

    private FilterExpression(string text)
    {
        _tokens = new FilterLexer(text).All();
        _root = Any();
        if (Here.Kind != FilterTokenKind.End) throw Wrong("the filter should end");
    }

    private FilterToken Here => _tokens[_place];

    /// <exception cref="RetortException">It is none; the column is named.</exception>
    public static FilterExpression Parse(string text) => text.Length <= MostCharacters
        ? new FilterExpression(text)
        : throw new RetortException(FilterLexer.Location, $"the filter has {text.Length} characters.", $"at most {MostCharacters}.");

    /// <exception cref="ConversationException">It compares what cannot be compared.</exception>
    public bool Holds(Conversation conversation) => _root.Holds(conversation);

    /// <summary>After all conversations, where none was wanted: a name that none of them has.</summary>
    /// <exception cref="RetortException">There is one.</exception>
    public void CheckNames(IEnumerable<string> known)
    {
        if (_fields.Find(field => field.IsMissing) is not { } never) return;
        throw new RetortException(FilterLexer.Location, $"no conversation that was looked at has '{never.Name}'.",
            $"one of: {string.Join(", ", known.Concat(["id", "label", "time", "turns", "characters", "answered"]).Distinct())}.",
            "correct the name; keys within others are written with a point, as in metadata.task.");
    }

    private FilterNode Any() => Joined(All, "||", all: false);

    private FilterNode All() => Joined(Not, "&&", all: true);

    private FilterNode Joined(Func<FilterNode> inner, string sign, bool all)
    {
        if (++_depth > Deepest) throw Wrong($"it nests deeper than {Deepest}");
        var column = Here.Column;
        var parts = new List<FilterNode> { inner() };
        while (Take(sign)) parts.Add(inner());
        _depth--;
        return parts.Count == 1 ? parts[0] : new JoinNode(parts, all, column);
    }

    private FilterNode Not()
    {
        var column = Here.Column;
        if (!Take("!")) return Comparison();
        if (++_depth > Deepest) throw Wrong($"it nests deeper than {Deepest}");
        var inner = Not();
        _depth--;
        return new NotNode(inner, column);
    }

    private FilterNode Comparison()
    {
        if (Take("("))
        {
            var inner = Any();
            Need(")");
            return inner;
        }
        var (left, sign) = (Operand(), Here);
        if (sign is { Kind: FilterTokenKind.Sign, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" })
        {
            _place++;
            return new CompareNode(left, sign.Text, Operand(), sign.Column);
        }
        if (sign is { Kind: FilterTokenKind.Sign, Text: "!" } && _tokens[_place + 1] is { Kind: FilterTokenKind.Sign, Text: "in" })
        {
            _place += 2;
            return new NotNode(new InNode(left, List(), sign.Column), sign.Column);
        }
        return Take("in") ? new InNode(left, List(), sign.Column) : left;
    }

    private List<FilterNode> List()
    {
        Need("(");
        var values = new List<FilterNode> { Operand() };
        while (Take(",")) values.Add(Operand());
        Need(")");
        return values;
    }

    private FilterNode Operand()
    {
        var token = Here;
        if (token.Kind is not (FilterTokenKind.Literal or FilterTokenKind.Name)) throw Wrong("a name or a value should stand here");
        _place++;
        if (token.Kind == FilterTokenKind.Literal) return new LiteralNode(token.Value, token.Column);
        var path = new List<string> { token.Text };
        while (true)
            if (Take(".")) path.Add(Key(FilterTokenKind.Name));
            else if (Take("["))
            {
                path.Add(Key(FilterTokenKind.Literal));
                Need("]");
            }
            else break;
        var field = new FilterField(path);
        _fields.Add(field);
        return new FieldNode(field, token.Column);
    }

    private string Key(FilterTokenKind kind)
    {
        var token = Here;
        if (token.Kind != kind || (kind == FilterTokenKind.Literal && token.Value.Kind != FilterKind.Text)) throw Wrong("a key should stand here");
        _place++;
        return token.Value.Text ?? token.Text;
    }

    private bool Take(string sign)
    {
        if (Here.Kind != FilterTokenKind.Sign || Here.Text != sign) return false;
        _place++;
        return true;
    }

    private void Need(string sign)
    {
        if (!Take(sign)) throw Wrong($"'{sign}' should stand here");
    }

    private RetortException Wrong(string what) => FilterLexer.Wrong(Here.Column, $"{what}, where {Here.Text} stands");
}
