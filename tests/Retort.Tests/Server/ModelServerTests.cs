using System.Text;
using System.Text.Json;
using Retort.Checkpoints;
using Retort.Nn.Generation;
using Retort.Server;
using Retort.Server.Models;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Server;

/// <summary>Answers of a language model over HTTP are those that the model gives, in the shapes that clients need.</summary>
public sealed class ModelServerTests : IAsyncLifetime
{
    private const string Chat = "v1/chat/completions", Completions = "v1/completions";

    private readonly CpuDevice _device = new(1);
    private Serving _serving = null!;
    private LanguageModel _model = null!;

    public async ValueTask InitializeAsync()
    {
        _serving = await Serving.LanguageAsync();
        _model = LanguageModel.Open(Serving.Gguf, _device);
    }

    [Fact]
    public async Task AChatHasEveryFieldThatClientsNeed()
    {
        var (status, body) = await _serving.PostAsync(Chat,
            new { model = Serving.Name, messages = Hello, max_tokens = 5, temperature = 0 });
        Assert.Equal(200, status);
        Assert.Equal(["id", "object", "created", "model", "choices", "usage"], body.EnumerateObject().Select(field => field.Name));
        Assert.StartsWith("chatcmpl-", body.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("chat.completion", body.GetProperty("object").GetString());
        Assert.True(body.GetProperty("created").TryGetInt64(out _)); // a fraction is refused by a client
        Assert.Equal(Serving.Name, body.GetProperty("model").GetString());
        var choice = Assert.Single(body.GetProperty("choices").EnumerateArray());
        Assert.Equal(["index", "message", "logprobs", "finish_reason"], choice.EnumerateObject().Select(field => field.Name));
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("logprobs").ValueKind);
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        var prompt = _model.Prompt([("user", "Hello")], TimeProvider.System);
        var answer = Alone(prompt, 5);
        Assert.Equal($"{{\"role\":\"assistant\",\"content\":{JsonSerializer.Serialize(_model.Tokenizer.Decode(answer.Tokens))},\"refusal\":null}}",
            JsonSerializer.Serialize(choice.GetProperty("message")));
        Assert.Equal($"{{\"prompt_tokens\":{prompt.Length},\"completion_tokens\":5,\"total_tokens\":{prompt.Length + 5}}}",
            body.GetProperty("usage").GetRawText());
    }

    [Fact]
    public async Task LogProbabilitiesAreTheModelsOwn()
    {
        var ids = _model.Prompt("Hello teacher");
        var (_, body) = await _serving.PostAsync(Chat, new
        {
            messages = Hello, max_tokens = 12, temperature = 1.5, top_p = 0.9, seed = 4, logprobs = true, top_logprobs = 20,
        });
        var tokens = body.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").EnumerateArray().ToList();
        Assert.Equal(12, tokens.Count);
        List<int> text = [.. _model.Prompt([("user", "Hello")], TimeProvider.System)];
        foreach (var token in tokens)
        {
            var logits = Logits(text);
            var best = NextToken.LikeliestOf(logits, 20);
            var said = Enumerable.Range(0, logits.Length).Where(id => Told(token, id, NextToken.LogProbability(logits, id))).ToList();
            Assert.NotEmpty(said); // by bytes and log-probability
            Assert.Equal(20, token.GetProperty("top_logprobs").GetArrayLength());
            foreach (var (place, likely) in token.GetProperty("top_logprobs").EnumerateArray().Index())
                Assert.Equal(best[place].LogProbability, likely.GetProperty("logprob").GetDouble(), 1e-4);
            Assert.Contains(token.GetProperty("id").GetInt32(), said);
            Assert.Equal(best.Select(one => one.Token).Order(),
                token.GetProperty("top_logprobs").EnumerateArray().Select(likely => likely.GetProperty("id").GetInt32()).Order());
            text.Add(token.GetProperty("id").GetInt32());
        }
    }

    [Fact]
    public async Task CompletionsGoOnWithEachPrompt()
    {
        var prompts = new[] { "Hello teacher", "Once" };
        var (_, body) = await _serving.PostAsync(Completions,
            new { prompt = prompts, max_tokens = 6, temperature = 0, logprobs = 3, n = 2 });
        Assert.Equal("text_completion", body.GetProperty("object").GetString());
        Assert.Equal(4, body.GetProperty("choices").GetArrayLength());
        foreach (var choice in body.GetProperty("choices").EnumerateArray())
        {
            var prompt = _model.Prompt(prompts[choice.GetProperty("index").GetInt32() / 2]);
            var answer = Alone(prompt, 6);
            Assert.Equal(_model.Tokenizer.Decode(answer.Tokens), choice.GetProperty("text").GetString());
            var told = choice.GetProperty("logprobs");
            Assert.All(told.GetProperty("token_logprobs").EnumerateArray().Zip(answer.LogProbabilities),
                pair => Assert.Equal(pair.Second, pair.First.GetDouble(), 1e-4));
            Assert.Equal(6, told.GetProperty("tokens").GetArrayLength());
            Assert.Equal(6, told.GetProperty("top_logprobs").GetArrayLength());
        }
        var (_, ids) = await _serving.PostAsync(Completions, new { prompt = _model.Prompt("Once"), max_tokens = 6, temperature = 0 });
        Assert.Equal(_model.Tokenizer.Decode(Alone(_model.Prompt("Once"), 6).Tokens), Text(ids));
    }

    [Fact]
    public async Task AStreamSaysTheSameInPieces()
    {
        var asked = new { messages = Hello, max_tokens = 40, seed = 9, logprobs = true, n = 2 };
        var (_, whole) = await _serving.PostAsync(Chat, asked);
        var events = await _serving.StreamAsync(Chat, new
        {
            asked.messages, asked.max_tokens, asked.seed, asked.logprobs, asked.n, stream = true,
            stream_options = new { include_usage = true },
        });
        Assert.All(events, one => Assert.Equal("chat.completion.chunk", one.GetProperty("object").GetString()));
        Assert.Single(events.Select(one => one.GetProperty("id").GetString()).Distinct());
        Assert.Empty(events[^1].GetProperty("choices").EnumerateArray());
        Assert.Equal(whole.GetProperty("usage").GetRawText(), events[^1].GetProperty("usage").GetRawText());
        Assert.All(events.SkipLast(1), one => Assert.Equal(JsonValueKind.Null, one.GetProperty("usage").ValueKind));
        var pieces = events.SkipLast(1).Select(one => Assert.Single(one.GetProperty("choices").EnumerateArray())).ToList();
        for (var number = 0; number < 2; number++)
        {
            var own = pieces.Where(piece => piece.GetProperty("index").GetInt32() == number).ToList();
            Assert.Equal("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", own[0].GetProperty("delta").GetRawText());
            Assert.Equal(Text(whole, number), string.Concat(own.Select(piece =>
                piece.GetProperty("delta").TryGetProperty("content", out var said) ? said.GetString() : "")));
            Assert.Equal("{}", own[^1].GetProperty("delta").GetRawText());
            Assert.All(own.SkipLast(1), piece => Assert.Equal(JsonValueKind.Null, piece.GetProperty("finish_reason").ValueKind));
            Assert.Equal("length", own[^1].GetProperty("finish_reason").GetString());
            Assert.Equal(40, own.Where(piece => piece.GetProperty("logprobs").ValueKind == JsonValueKind.Object)
                .Sum(piece => piece.GetProperty("logprobs").GetProperty("content").GetArrayLength()));
        }
        Assert.NotEqual(Text(whole, 0), Text(whole, 1)); // draws of their own
    }

    /// <summary>A character of several tokens comes whole, or as U+FFFD where it never becomes whole; a half never shows.</summary>
    [Fact]
    public async Task NoCharacterIsSplit()
    {
        var events = await _serving.StreamAsync(Completions, new { prompt = "é漢😀", max_tokens = 200, temperature = 2, seed = 1, stream = true });
        foreach (var one in events)
        {
            var text = one.GetProperty("choices")[0].GetProperty("text").GetString()!;
            Assert.Equal(text, Encoding.UTF8.GetString(new UTF8Encoding(false, true).GetBytes(text))); // throws at half a pair
        }
    }

    [Fact]
    public async Task SeedsRepeatAnswers()
    {
        async Task<string> Drawn(int? seed) => Text((await _serving.PostAsync(Chat, new { messages = Hello, max_tokens = 16, seed })).Body);
        Assert.Equal(await Drawn(3), await Drawn(3));
        Assert.NotEqual(await Drawn(3), await Drawn(4));
        Assert.NotEqual(await Drawn(null), await Drawn(null));
    }

    /// <summary>The text ends before the stop string, wherever tokens border, and so do the tokens that are told.</summary>
    [Fact]
    public async Task AStopStringEndsTheText()
    {
        var asked = new { messages = Hello, max_tokens = 60, temperature = 0 };
        var text = Text((await _serving.PostAsync(Chat, asked)).Body);
        foreach (var (start, length) in new[] { (3, 1), (5, 4), (9, 12), (20, 7) })
        {
            var stop = text.Substring(start, length);
            var (_, body) = await _serving.PostAsync(Chat,
                new { asked.messages, asked.max_tokens, asked.temperature, stop, logprobs = true });
            var expected = text[..text.IndexOf(stop, StringComparison.Ordinal)];
            Assert.Equal(expected, Text(body));
            Assert.Equal("stop", body.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
            Assert.True(body.GetProperty("usage").GetProperty("completion_tokens").GetInt32() < 60, "the model went on behind the stop string");
            var events = await _serving.StreamAsync(Chat,
                new { asked.messages, asked.max_tokens, asked.temperature, stop = new[] { stop, "\u0001" }, stream = true });
            Assert.Equal(expected, string.Concat(events.Select(one => one.GetProperty("choices")[0].GetProperty("delta"))
                .Select(delta => delta.TryGetProperty("content", out var said) ? said.GetString() : "")));
        }
    }

    /// <summary>Many at once, of every length: each gets what it gets alone.</summary>
    [Fact]
    public async Task NeighboursChangeNothing()
    {
        string[] prompts = [.. Enumerable.Range(0, 24).Select(i => string.Concat(Enumerable.Repeat("Hello teacher of ", 1 + i % 5)) + i)];
        var all = await Task.WhenAll(prompts.Select((prompt, i) =>
            _serving.PostAsync(Completions, new { prompt, max_tokens = 5 + i * 3, temperature = 0 })));
        foreach (var (i, (status, body)) in all.Index())
        {
            Assert.Equal(200, status);
            Assert.Equal(_model.Tokenizer.Decode(Alone(_model.Prompt(prompts[i]), 5 + i * 3).Tokens), Text(body));
        }
    }

    [Fact]
    public async Task ModelsHealthAndMetrics()
    {
        var (_, list) = await _serving.GetAsync("v1/models");
        var one = Assert.Single(list.GetProperty("data").EnumerateArray());
        Assert.Equal((Serving.Name, "model"), (one.GetProperty("id").GetString(), one.GetProperty("object").GetString()));
        Assert.Equal(one.GetRawText(), (await _serving.GetAsync("v1/models/" + Serving.Name)).Body.GetRawText());
        Assert.Equal(404, (await _serving.GetAsync("v1/models/other")).Status);
        Assert.Equal("ok", (await _serving.GetAsync("health")).Body.GetProperty("status").GetString());
        await _serving.PostAsync(Completions, new { prompt = "a", max_tokens = 7 });
        var metrics = await _serving.Client.GetStringAsync("metrics");
        Assert.Contains("retort_answer_tokens_total 7\n", metrics, StringComparison.Ordinal);
        Assert.Contains("retort_requests_total{path=\"/v1/completions\",status=\"200\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.All(metrics.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
            Assert.Matches(@"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[^}]*\})? [-+0-9.eE]+)$", line));
    }

    [Fact]
    public async Task EmbeddingsAreMeansOfTheLastStates()
    {
        string[] texts = ["Hello teacher", "Once upon a time"];
        var (_, body) = await _serving.PostAsync("v1/embeddings", new { input = texts, model = Serving.Name });
        var (_, packed) = await _serving.PostAsync("v1/embeddings", new { input = texts, encoding_format = "base64" });
        foreach (var (i, item) in body.GetProperty("data").EnumerateArray().Index())
        {
            float[] vector = [.. item.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())];
            var expected = MeanState(_model.Prompt(texts[i]));
            Assert.All(expected.Zip(vector), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            Assert.Equal(1, vector.Sum(value => (double)value * value), 1e-5);
            var bytes = packed.GetProperty("data")[i].GetProperty("embedding").GetBytesFromBase64();
            Assert.Equal(vector, Enumerable.Range(0, bytes.Length / 4).Select(place => BitConverter.ToSingle(bytes, place * 4)));
        }
        var count = texts.Sum(text => _model.Prompt(text).Length);
        Assert.Equal($"{{\"prompt_tokens\":{count},\"total_tokens\":{count}}}", body.GetProperty("usage").GetRawText());
    }

    [Fact]
    public async Task APortThatIsTakenIsOneSentence()
    {
        using var model = ServedModel.Open(Serving.Gguf, _device);
        var error = await Assert.ThrowsAsync<RetortException>(() =>
            ModelServer.StartAsync(model, new ServerOptions { Name = "second", Port = _serving.Server.Url.Port }, TimeProvider.System));
        Assert.StartsWith($"--port  127.0.0.1:{_serving.Server.Url.Port} cannot be listened at", error.Message, StringComparison.Ordinal);
    }

    private static object[] Hello => [new { role = "user", content = "Hello" }];

    private static string Text(JsonElement body, int choice = 0) => body.GetProperty("choices").EnumerateArray().ElementAt(choice) is var one
        && one.TryGetProperty("message", out var message) ? message.GetProperty("content").GetString()! : one.GetProperty("text").GetString()!;

    private bool Told(JsonElement token, int id, double logProbability) =>
        Math.Abs(token.GetProperty("logprob").GetDouble() - logProbability) < 1e-4
        && token.GetProperty("bytes").EnumerateArray().Select(value => value.GetByte()).SequenceEqual(_model.Tokenizer.Bytes(id));

    private Answer Alone(int[] prompt, int newTokens) =>
        new Decoding { NewTokens = newTokens, Tokens = _model.Tokenizer.Size, EndTokens = _model.EndTokens }
            .Answers(_model.Model, [prompt])[0];

    private float[] Logits(List<int> text)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        return _device.ToFloats(_model.Model.Forward(step, step.Constant(new Shape(1, text.Count), [.. text])))
            .AsSpan(^_model.Model.Sizes.Vocabulary..)[.._model.Tokenizer.Size].ToArray();
    }

    private double[] MeanState(int[] ids)
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        var states = _device.ToDoubles(_model.Model.States(step, step.Constant(new Shape(1, ids.Length), ids)));
        var width = states.Length / ids.Length;
        double[] sums = [.. Enumerable.Range(0, width)
            .Select(i => Enumerable.Range(0, ids.Length).Sum(token => states[token * width + i]))];
        var length = Math.Sqrt(sums.Sum(value => value * value));
        return [.. sums.Select(value => value / length)];
    }

    public async ValueTask DisposeAsync()
    {
        await _serving.DisposeAsync();
        _model.Dispose();
        _device.Dispose();
    }
}
