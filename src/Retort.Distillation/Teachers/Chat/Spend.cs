namespace Retort.Teachers.Chat;

/// <summary>What was sent and charged.</summary>
/// <param name="Requests">That went out, whatever became of them.</param>
/// <param name="Input">Tokens of prompts.</param>
/// <param name="Output">Tokens of answers.</param>
/// <param name="Dollars">Exact: prices are decimal.</param>
public readonly record struct Spend(long Requests, long Input, long Output, decimal Dollars)
{
    /// <summary>A request that was refused: it went out and cost nothing.</summary>
    public static Spend OfRefusal { get; } = new(1, 0, 0, 0);

    public long Tokens => Input + Output;

    public static Spend operator +(Spend a, Spend b) => a.Plus(b);

    public static Spend operator -(Spend a, Spend b) =>
        new(a.Requests - b.Requests, a.Input - b.Input, a.Output - b.Output, a.Dollars - b.Dollars);

    public Spend Plus(Spend other) => new(Requests + other.Requests, Input + other.Input, Output + other.Output, Dollars + other.Dollars);
}

/// <summary>Limits that are never passed; null = none.</summary>
public sealed record SpendCaps(decimal? Dollars = null, long? Tokens = null, long? Requests = null)
{
    public bool Allow(Spend spend) => !(spend.Dollars > Dollars) && !(spend.Tokens > Tokens) && !(spend.Requests > Requests);
}
