namespace Retort.Teachers.Chat;

/// <summary>What a model costs, in US dollars for a million tokens.</summary>
/// <param name="Input">Of a prompt.</param>
/// <param name="Output">Of an answer, reasoning included.</param>
/// <param name="CachedInput">Of the part of a prompt that the service had in its cache; null = as the rest.</param>
/// <param name="Source">Where the price was read.</param>
/// <param name="Read">The day, as yyyy-MM-dd.</param>
public sealed record Price(decimal Input, decimal Output, decimal? CachedInput = null, string Source = "the command line", string Read = "")
{
    private const decimal Million = 1_000_000m;

    /// <summary>Nothing is counted but tokens: the user allows an unknown price.</summary>
    public static Price Unknown { get; } = new(0, 0, Source: "unknown: --allow-unpriced");

    public Spend Of(ChatUsage usage) => new(1, usage.Input, usage.Output,
        ((usage.Input - usage.CachedInput) * Input + usage.CachedInput * (CachedInput ?? Input) + usage.Output * Output) / Million);

    /// <summary>The worst case: nothing of the prompt was in a cache, or a cache that costs more than none was filled.</summary>
    public Spend AtMost(long input, long output) =>
        new(1, input, output, (input * Math.Max(Input, CachedInput ?? Input) + output * Output) / Million);
}
