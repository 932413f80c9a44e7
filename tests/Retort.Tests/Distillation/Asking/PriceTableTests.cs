using System.Globalization;
using Retort.Asking;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Asking;

public sealed class PriceTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void TheShippedPricesHaveSourceAndDay()
    {
        var table = PriceTable.OfShipped();
        Assert.True(table.Count > 0);
        var price = table.Find(ChatEndpoint.Parse("https://api.openai.com/v1", "gpt-4o-mini", null))!;
        Assert.True(price.Output > price.Input);
        Assert.True(DateOnly.TryParseExact(price.Read, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
        Assert.NotEmpty(price.Source);
    }

    /// <summary>A price is a seller's: the same name elsewhere is unknown.</summary>
    [Fact]
    public void AnotherSellersPriceIsUnknown() =>
        Assert.Null(PriceTable.OfShipped().Find(ChatEndpoint.Parse("https://api.example.com/v1", "gpt-4o-mini", null)));

    [Fact]
    public void AFileGoesBeforeTheShippedOnes()
    {
        var file = _folder.With("p.json", """
            {"prices": [{"host": "api.openai.com", "model": "gpt-4o-mini", "input": 0.07, "cachedInput": 0.01, "output": 0.3, "source": "contract", "read": "2026-01-02"}]}
            """);
        Assert.Equal(new Price(0.07m, 0.3m, 0.01m, "contract", "2026-01-02"),
            PriceTable.With(file).Find(ChatEndpoint.Parse("https://api.openai.com/v1", "gpt-4o-mini", null)));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"prices": [{"host": "h", "model": "m", "input": 1, "output": 1, "read": "2026-01-02"}]}""")]
    [InlineData("""{"prices": [{"host": "h", "model": "m", "input": -1, "output": 1, "source": "s", "read": "2026-01-02"}]}""")]
    [InlineData("""{"prices": [{"host": "h", "model": "m", "input": "1", "output": 1, "source": "s", "read": "2026-01-02"}]}""")]
    [InlineData("""{"prices": [{"host": "h", "model": "m", "input": 1, "input": 1, "output": 1, "source": "s", "read": "2026-01-02"}]}""")]
    [InlineData("""{"prices": [{"host": "h", "model": "m", "input": 1, "output": 1, "source": "s", "read": "d"}, {"host": "H", "model": "m", "input": 1, "output": 1, "source": "s", "read": "d"}]}""")]
    public void WhatIsNoTableIsRefused(string text) => Assert.Contains("p.json  is no table of prices: ",
        Assert.Throws<RetortException>(() => PriceTable.With(_folder.With("p.json", text))).Message, StringComparison.Ordinal);

    [Fact]
    public void AMissingFileIsNamed() => Assert.Contains("nowhere.json  there is no such file.",
        Assert.Throws<RetortException>(() => PriceTable.With("nowhere.json")).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();
}
