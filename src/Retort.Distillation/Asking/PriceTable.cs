using System.Text.Json;
using Retort.Tensors;
using Retort.Teachers.Chat;

namespace Retort.Asking;

/// <summary>
/// What models cost, by host and name, each row with its source and day. The shipped table is small on purpose: a price that nobody has
/// looked up is unknown, and an unknown price is refused.
/// </summary>
public sealed class PriceTable
{
    private const string Shipped = "asking/prices.json";
    private readonly Dictionary<(string Host, string Model), Price> _prices;

    private PriceTable(Dictionary<(string, string), Price> prices) => _prices = prices;

    public int Count => _prices.Count;

    public static PriceTable OfShipped()
    {
        using var stream = typeof(PriceTable).Assembly.GetManifestResourceStream(Shipped)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Read(bytes.ToArray(), Shipped);
    }

    /// <summary>The shipped rows, and those of a file in the same form before them.</summary>
    /// <exception cref="RetortException">The file is not there, or is no such table.</exception>
    public static PriceTable With(string? path)
    {
        var shipped = OfShipped();
        if (path is null) return shipped;
        if (!File.Exists(path)) throw new RetortException(path, "there is no such file.", "a table of prices.", Remedy);
        foreach (var (key, price) in Read(File.ReadAllBytes(path), path)._prices) shipped._prices[key] = price;
        return shipped;
    }

    /// <returns>Null where nobody has looked it up.</returns>
    public Price? Find(ChatEndpoint endpoint) => _prices.GetValueOrDefault((endpoint.Address.Host.ToLowerInvariant(), endpoint.Model));

    private const string Remedy =
        "for instance {\"prices\": [{\"host\": \"api.example.com\", \"model\": \"m\", \"input\": 0.1, \"output\": 0.5, \"source\": \"their page\", \"read\": \"2026-11-22\"}]}.";

    private static PriceTable Read(byte[] bytes, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var prices = new Dictionary<(string, string), Price>();
            foreach (var row in document.RootElement.GetProperty("prices").EnumerateArray())
            {
                decimal? cached = row.TryGetProperty("cachedInput", out var given) ? Amount(given) : null;
                var price = new Price(Amount(row.GetProperty("input")), Amount(row.GetProperty("output")), cached, Text(row, "source"), Text(row, "read"));
                if (!prices.TryAdd((Text(row, "host").ToLowerInvariant(), Text(row, "model")), price))
                    throw new InvalidOperationException($"{Text(row, "model")} at {Text(row, "host")} stands there twice");
            }
            return new PriceTable(prices);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or System.FormatException)
        {
            throw new RetortException(path, $"is no table of prices: {error.Message}", "rows with host, model, input, output, source and read.",
                Remedy, error);
        }
    }

    private static decimal Amount(JsonElement number) => number.GetDecimal() is >= 0 and var amount ? amount
        : throw new InvalidOperationException($"a price of {number.GetRawText()}");

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString() is { Length: > 0 } text ? text
        : throw new InvalidOperationException($"'{name}' is empty");
}
