namespace Retort.Data.Conversations.Filters;

/// <param name="Kind">What it is.</param>
/// <param name="Text">Of a name, sign or text (without its quotes).</param>
/// <param name="Value">Of a literal.</param>
/// <param name="Column">From 1.</param>
internal sealed record FilterToken(FilterTokenKind Kind, string Text, FilterValue Value, int Column);

internal enum FilterTokenKind
{
    Name,
    Literal,
    Sign,
    End,
}
