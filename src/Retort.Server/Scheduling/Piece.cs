namespace Retort.Server.Scheduling;

/// <summary>What was said since the piece before.</summary>
/// <param name="Choice">The answer that it belongs to.</param>
/// <param name="Text">Whole characters.</param>
/// <param name="Tokens">Whose text it is; empty unless they were asked for.</param>
/// <param name="Finish">stop or length; null = more will come.</param>
internal sealed record Piece(int Choice, string Text, IReadOnlyList<SaidToken> Tokens, string? Finish)
{
    public const string Stop = "stop", Length = "length";
}
