using System.Text.Json;
using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>cost.json: what the folder has cost so far. Without a price there are no amounts of money, not zeros.</summary>
internal static class AskingCost
{
    public static void Write(Utf8JsonWriter json, AskingResult result, string teacher, Price price)
    {
        var priced = !ReferenceEquals(price, Price.Unknown);
        json.WriteStartObject();
        json.WriteString("teacher", teacher);
        json.WriteStartObject("answers");
        json.WriteNumber("questions", result.Questions);
        json.WriteNumber("accepted", result.Accepted);
        json.WriteNumber("rejected", result.Rejected);
        json.WriteNumber("failed", result.Failed);
        json.WriteEndObject();
        Spend(json, "spent", result.Spent, priced);
        Spend(json, "of_it_at_worst_case", result.AtWorst, priced);
        if (priced && result.Accepted > 0) json.WriteNumber("usd_per_accepted", result.Spent.Dollars / result.Accepted);
        if (priced)
        {
            json.WriteStartObject("usd_per_million_tokens");
            json.WriteNumber("input", price.Input);
            json.WriteNumber("output", price.Output);
            if (price.CachedInput is { } cached) json.WriteNumber("cached_input", cached);
            json.WriteString("source", price.Source);
            if (price.Read.Length > 0) json.WriteString("read", price.Read);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Spend(Utf8JsonWriter json, string name, Spend spend, bool priced)
    {
        json.WriteStartObject(name);
        json.WriteNumber("requests", spend.Requests);
        json.WriteNumber("input_tokens", spend.Input);
        json.WriteNumber("output_tokens", spend.Output);
        if (priced) json.WriteNumber("usd", spend.Dollars);
        json.WriteEndObject();
    }
}
