using System.Net.Http.Json;
using System.Text.Json;
using Retort.Checkpoints;
using Retort.Formats.HuggingFace;
using Retort.Formats.Tokenizers;
using Retort.Nn.Models;
using Retort.Recipes;
using Retort.Server;
using Retort.Server.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Testing;
using Retort.Tests.Distillation.Checkpoints;
using Retort.Tests.Formats;

namespace Retort.Tests.Server;

/// <summary>A server with a model of random numbers, over real HTTP on a free port, and a client of it.</summary>
internal sealed class Serving : IAsyncDisposable
{
    public const string Name = "drawn";

    private readonly CpuDevice _device = new(1);
    private readonly TemporaryFolder _folder = new();
    private readonly ServedModel _model;

    private Serving(Func<TemporaryFolder, string> written) => _model = ServedModel.Open(written(_folder), _device);

    /// <summary>The repository's GGUF file: a Llama that sees 256 tokens, with a template.</summary>
    public static string Gguf => Fixtures.Path("gguf/models/llama-gqa_untied-q4_0.gguf", out _)!;

    public static string[] Labels => ["calm", "angry", "glad"];

    public ModelServer Server { get; private set; } = null!;
    public HttpClient Client { get; private set; } = null!;

    public static Task<Serving> LanguageAsync(Func<ServerOptions, ServerOptions>? change = null) => StartAsync(_ => Gguf, change);

    /// <summary>A model whose answers take as long as anybody waits.</summary>
    public static Task<Serving> EndlessAsync(Func<ServerOptions, ServerOptions>? change = null) =>
        StartAsync(folder => LanguageModelTests.Written(folder.At("endless"), positions: 1_000_000), change);

    public static Task<Serving> ClassifierAsync() => StartAsync(Classifier, null);

    public static Task<Serving> NGramsAsync() => StartAsync(folder =>
    {
        using var device = new CpuDevice(1);
        using var model = new HashedNGrams(8, 64, 4, [], Labels.Length);
        model.Build(device, new Seed(3));
        ModelCheckpoint.Save(folder.At("ngrams"), model,
            new ModelDescription(new ModelRecipe { Kind = "hashed-n-grams", Width = 4, Vocabulary = 64 }, [8], Labels));
        return folder.At("ngrams");
    }, null);

    /// <summary>A folder of an encoder with three classes.</summary>
    public static string Classifier(TemporaryFolder folder)
    {
        var path = folder.At("classifier");
        Directory.CreateDirectory(path);
        foreach (var name in (string[])["tokenizer.json", "tokenizer_config.json", "vocab.txt"])
            File.Copy(Fixtures.Path("tokenizers/bert_uncased/" + name, out _)!, Path.Combine(path, name));
        var config = new EncoderConfig(EncoderFamily.Bert, TokenizerFolder.Read(path).Size, 16, 32, 2, 2, 24, Labels, 2, 1e-12, "gelu", 0,
            "float32");
        using var device = new CpuDevice(1);
        using var model = EncoderCheckpoint.Create(config);
        model.Build(device, new Seed(3));
        foreach (var parameter in model.Weights.Parameters.Where(one => one.Name.StartsWith("classifier", StringComparison.Ordinal)))
            device.Write(parameter.Value, [.. Enumerable.Range(0, (int)parameter.Shape.Count).Select(i => new Seed(8).Normal((ulong)i))]);
        new EncoderCheckpoint(model, config).Save(path);
        return path;
    }

    private static async Task<Serving> StartAsync(Func<TemporaryFolder, string> written, Func<ServerOptions, ServerOptions>? change)
    {
        var serving = new Serving(written);
        var options = new ServerOptions { Name = Name, Port = 0 };
        serving.Server = await ModelServer.StartAsync(serving._model, change?.Invoke(options) ?? options, TimeProvider.System);
        serving.Client = new HttpClient { BaseAddress = serving.Server.Url };
        return serving;
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, object body)
    {
        using var answer = await Client.PostAsync(path, body is string text ? new StringContent(text) : JsonContent.Create(body));
        return ((int)answer.StatusCode, await BodyAsync(answer));
    }

    public async Task<(int Status, JsonElement Body)> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(path);
        return ((int)answer.StatusCode, await BodyAsync(answer));
    }

    /// <summary>The events of a stream, which must end as it should.</summary>
    public async Task<List<JsonElement>> StreamAsync(string path, object body)
    {
        using var answer = await Client.PostAsJsonAsync(path, body);
        Xunit.Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        var events = (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Xunit.Assert.All(events, one => Xunit.Assert.StartsWith("data: ", one, StringComparison.Ordinal));
        Xunit.Assert.Equal("data: [DONE]", events[^1]);
        return [.. events.SkipLast(1).Select(one => Parse(one["data: ".Length..]))];
    }

    public static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage answer)
    {
        Xunit.Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        return Parse(await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _model.Dispose();
        _device.Dispose();
        _folder.Dispose();
    }
}
