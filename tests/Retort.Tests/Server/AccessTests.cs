using System.Net;
using Retort.Server;
using Retort.Server.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Server;

/// <summary>Who may ask: a name of this machine, a page of its own, a client with the token.</summary>
public sealed class AccessTests
{
    private const string Token = "canary-4f1c9be2";

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:99", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("models.example", HttpStatusCode.OK)]
    [InlineData("rebound.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.rebound.example", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.1", HttpStatusCode.Forbidden)]
    public async Task OnlyNamesOfThisServerAreAnswered(string host, HttpStatusCode expected)
    {
        await using var serving = await Serving.LanguageAsync(options => options with { AllowedHosts = ["models.example"] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/models") { Headers = { Host = host } };
        using var answer = await serving.Client.SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://localhost:1", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "OWN", HttpStatusCode.OK)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    public async Task PagesOfOtherSitesMayNotAsk(string header, string value, HttpStatusCode expected)
    {
        await using var serving = await Serving.LanguageAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/completions") { Content = new StringContent("{\"prompt\": \"a\", \"max_tokens\": 1}") };
        request.Headers.Add(header, value.Replace("OWN", serving.Server.Url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal));
        using var answer = await serving.Client.SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("Basic " + Token, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer " + Token + "x", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer " + Token, HttpStatusCode.OK)]
    [InlineData("bearer  " + Token, HttpStatusCode.OK)]
    public async Task WhereATokenIsAskedForItMustBeThatOne(string? header, HttpStatusCode expected)
    {
        await using var serving = await Serving.LanguageAsync(options => options with { Token = Token });
        foreach (var path in (string[])["v1/models", "metrics"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", header);
            using var answer = await serving.Client.SendAsync(request);
            Assert.Equal(expected, answer.StatusCode);
            Assert.DoesNotContain(Token, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using var health = await serving.Client.GetAsync("health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Theory]
    [InlineData("0.0.0.0", "--host  0.0.0.0 can be reached by others, and no token is asked for.")]
    [InlineData("::", "--host  :: can be reached by others, and no token is asked for.")]
    [InlineData("models.example", "--host  'models.example' is no address.")]
    public async Task OthersNeedAToken(string host, string message)
    {
        using var device = new CpuDevice(1);
        using var model = ServedModel.Open(Serving.Gguf, device);
        var options = new ServerOptions { Name = "a", Host = host, Port = 0 };
        var error = await Assert.ThrowsAsync<RetortException>(() => ModelServer.StartAsync(model, options, TimeProvider.System));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
