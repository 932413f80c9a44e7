using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Retort.Benchmarks.Steps;
using Retort.Checkpoints;
using Retort.Nn.Generation;
using Retort.Server;
using Retort.Server.Models;
using Retort.Tensors.Devices.Cpu;

namespace Retort.Tracks;

/// <summary>
/// What serving costs: a float32 Llama of 6 layers and width 384, prompts of 64 tokens, 64 new ones. The bare model and the served one
/// answer the same prompts in turns; then so many clients ask at once.
/// </summary>
/// <param name="rounds">Requests of a client that count, after two that do not.</param>
internal sealed class ServeTrack(int rounds)
{
    private const int PromptTokens = 64, NewTokens = 64, Warming = 2;
    private const double LeastGain = 4, MostAddedMilliseconds = 2;

    private readonly Bars _bars = new();
    private double _one;

    public bool Run()
    {
        var folder = Path.Combine(Path.GetTempPath(), "retort-serve");
        GenerationFiles.Write(folder);
        MeasureAsync(Path.Combine(folder, "generate-f32.gguf")).GetAwaiter().GetResult();
        return _bars.AllMet;
    }

    private async Task MeasureAsync(string path)
    {
        using CpuDevice own = new(), its = new();
        using var bare = LanguageModel.Open(path, own);
        using var served = ServedModel.Open(path, its);
        await using var server = await ModelServer.StartAsync(served, new ServerOptions { Name = "track", Port = 0 }, TimeProvider.System);
        using var client = new HttpClient { BaseAddress = server.Url };
        var (alone, whole, streamed) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -Warming; round < rounds; round++)
        {
            var prompt = Prompt(0, round);
            var times = (Timed(() => Bare(bare, prompt)), await TimedAsync(() => AskAsync(client, prompt, stream: false)),
                await TimedAsync(() => AskAsync(client, prompt, stream: true)));
            if (round < 0) continue;
            alone.Add(times.Item1);
            whole.Add(times.Item2);
            streamed.Add(times.Item3);
        }
        Say("the model alone", alone);
        Say("one client", whole);
        Say("one client, streams", streamed);
        foreach (var clients in new[] { 1, 2, 4, 8, 16 })
        {
            var times = new List<double>();
            await ClientsAsync(client, clients, Warming, -Warming);
            var seconds = await TimedAsync(async () => times.AddRange(await ClientsAsync(client, clients, rounds, 0))) / 1000;
            var rate = clients * rounds * NewTokens / seconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clients,2} clients  {rate,7:0} tokens/s, {Median(times):0.0} ms a request"));
            if (clients == 1) _one = rate;
            if (clients == 8) _bars.Check("tokens a second of 8 clients over those of 1", rate / _one, LeastGain, double.PositiveInfinity);
        }
        _bars.Check("milliseconds that serving adds to a request", Median(whole) - Median(alone), double.NegativeInfinity, MostAddedMilliseconds);
        _bars.Check("milliseconds that serving adds to a streamed token", (Median(streamed) - Median(alone)) / NewTokens,
            double.NegativeInfinity, MostAddedMilliseconds);
    }

    /// <summary>Each client asks again as soon as it has its answer.</summary>
    private static async Task<IEnumerable<double>> ClientsAsync(HttpClient client, int clients, int requests, int first)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, clients).Select(async number =>
        {
            var times = new List<double>();
            for (var i = 0; i < requests; i++)
                times.Add(await TimedAsync(() => AskAsync(client, Prompt(number, first + i), stream: true)));
            return times;
        }));
        return all.SelectMany(times => times);
    }

    private static void Bare(LanguageModel model, int[] prompt) =>
        new Decoding { NewTokens = NewTokens, Tokens = model.Tokenizer.Size }.Answers(model.Model, [prompt]);

    private static async Task AskAsync(HttpClient client, int[] prompt, bool stream)
    {
        using var answer = await client.PostAsJsonAsync("v1/completions",
            new { model = "track", prompt, max_tokens = NewTokens, temperature = 0, stream });
        answer.EnsureSuccessStatusCode();
        var text = await answer.Content.ReadAsStringAsync();
        var tokens = stream ? text.Split("data: ").Length - 3 // what stands before the first, the end, and [DONE]
            : JsonDocument.Parse(text).RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32();
        if (tokens != NewTokens) throw new InvalidOperationException($"{tokens} tokens came, not {NewTokens}.");
    }

    private static int[] Prompt(int client, int round) =>
        [.. Enumerable.Range(0, PromptTokens).Select(i => (client * 977 + (round + Warming) * 131 + i * 37) % 8192)];

    private static double Timed(Action work)
    {
        var started = TimeProvider.System.GetTimestamp();
        work();
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    private static async Task<double> TimedAsync(Func<Task> work)
    {
        var started = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    private static void Say(string name, List<double> times) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-20} {Median(times):0.0} ms (least {times.Min():0.0})"));

    private static double Median(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);
}
