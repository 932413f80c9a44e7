namespace Retort.Formats.ChatTemplates;

/// <summary>What a token of a template is.</summary>
internal enum TemplateTokenKind
{
    Text,
    ExpressionBegin,
    ExpressionEnd,
    StatementBegin,
    StatementEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of strings what they say.</param>
/// <param name="Place">Where it begins in the source.</param>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int Place)
{
    public bool Is(string text) => Kind is TemplateTokenKind.Operator or TemplateTokenKind.Name && Text == text;
}
