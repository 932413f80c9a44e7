using System.Net.Http.Json;
using Xunit;

namespace Retort.Tests.Server;

/// <summary>Many clients at once, for a minute.</summary>
[Trait("Category", "Long")]
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Streams = 64;

    /// <summary>
    /// Each client asks again as soon as its stream has ended, some leave early; none meets an error, and no place is lost.
    /// </summary>
    [Fact]
    public async Task SixtyFourStreamsForAMinute()
    {
        await using var serving = await Serving.LanguageAsync();
        serving.Client.Timeout = TimeSpan.FromMinutes(2);
        var expected = new string?[8];
        for (var kind = 0; kind < expected.Length; kind++) expected[kind] = await AskAsync(serving, kind);
        using var minute = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var counts = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async number =>
        {
            var count = 0;
            for (; !minute.IsCancellationRequested; count++)
            {
                var kind = (number + count) % expected.Length;
                if ((number * 31 + count) % 10 == 0) await LeaveAsync(serving, kind);
                else Assert.Equal(expected[kind], await AskAsync(serving, kind));
            }
            return count;
        }));
        Assert.All(counts, count => Assert.True(count > 0, "a client was never answered"));
        output.WriteLine($"{counts.Sum()} streams, from {counts.Min()} to {counts.Max()} a client");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await serving.GetAsync("health")).Body.GetProperty("outstanding").GetInt32() > 0) patience.Token.ThrowIfCancellationRequested();
    }

    private static object Asked(int kind) => new
    {
        prompt = string.Concat(Enumerable.Repeat("Hello teacher ", 1 + kind)), max_tokens = 20 + 10 * kind, seed = kind, stream = true,
    };

    private static async Task<string> AskAsync(Serving serving, int kind) => string.Concat(
        (await serving.StreamAsync("v1/completions", Asked(kind))).Select(one => one.GetProperty("choices")[0].GetProperty("text").GetString()));

    private static async Task LeaveAsync(Serving serving, int kind)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/completions") { Content = JsonContent.Create(Asked(kind)) };
        using var answer = await serving.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(answer.IsSuccessStatusCode);
    }
}
