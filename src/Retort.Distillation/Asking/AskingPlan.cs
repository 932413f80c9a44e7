using System.Globalization;
using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>A line of a plan.</summary>
/// <param name="Item">What.</param>
/// <param name="Value">How much.</param>
/// <param name="Why">Where the number comes from.</param>
public sealed record AskingPlanRow(string Item, string Value, string Why);

/// <summary>What asking would take: questions, tokens, money, time. Nothing is sent.</summary>
public static class AskingPlan
{
    /// <param name="order">What would be asked.</param>
    /// <param name="identity">Of the teacher.</param>
    /// <param name="count">Tokens of a text, by the teacher's tokenizer; null = estimate from the bytes.</param>
    public static IReadOnlyList<AskingPlanRow> Of(AskingOrder order, string identity, Func<string, int>? count)
    {
        var items = AskingItem.Of(order.Prompts, order.Parameters, order.Samples, identity);
        var questions = items.DistinctBy(item => item.Key).ToList();
        var input = questions.Sum(item => TokenEstimate.Of(item.Request.Messages, count));
        var output = questions.Sum(item => WorstCase.Output(item.Request));
        List<AskingPlanRow> rows =
        [
            new("questions", $"{questions.Count}", items.Count == questions.Count
                ? $"{order.Prompts.Count} prompts, {order.Samples} answers each"
                : $"{order.Prompts.Count} prompts, {order.Samples} answers each; {items.Count - questions.Count} are asked twice and paid once"),
            new("tokens of prompts", count is null ? $"about {Grouped(input)}" : Grouped(input),
                count is null ? "estimated: a quarter of the bytes; --tokenizer counts" : "counted with the tokenizer, without the chat template"),
            new("tokens of answers", $"at most {Grouped(output)}", $"{order.Parameters.NewTokens} an answer (--new-tokens)"),
        ];
        rows.AddRange(Cost(order, input, output));
        rows.Add(Time(order.Rate, questions.Count, input + output));
        return rows;
    }

    private static IEnumerable<AskingPlanRow> Cost(AskingOrder order, long input, long output)
    {
        if (ReferenceEquals(order.Price, Price.Unknown))
        {
            yield return new("cost", "unknown", "nobody has said what the model costs (--allow-unpriced)");
            yield break;
        }
        var (prompts, all) = (order.Price.AtMost(input, 0).Dollars, order.Price.AtMost(input, output).Dollars);
        var source = $"{Budget.Money(order.Price.Input)} in, {Budget.Money(order.Price.Output)} out a million tokens: {order.Price.Source}{(order.Price.Read.Length > 0 ? $", {order.Price.Read}" : "")}";
        yield return new("cost", $"{Budget.Money(prompts)} to {Budget.Money(all)}", $"prompts alone, to every answer at its longest; {source}");
        if (order.Caps.Dollars is { } cap)
            yield return new("cap", Budget.Money(cap), all <= cap ? "is not reached" : prompts > cap ? "stops the work before its end" : "may stop the work before its end");
    }

    private static AskingPlanRow Time(RateLimits rate, int questions, long tokens)
    {
        var minutes = Math.Max(questions / (rate.RequestsPerMinute ?? double.PositiveInfinity),
            tokens / (rate.TokensPerMinute ?? double.PositiveInfinity));
        return minutes > 0
            ? new("time", string.Create(CultureInfo.InvariantCulture, $"at least {Math.Ceiling(minutes):0} min"), "at the limits that were given (--rpm, --tpm)")
            : new("time", "unknown", "the endpoint tells its limits when it is asked; --rpm and --tpm give them before");
    }

    private static string Grouped(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
