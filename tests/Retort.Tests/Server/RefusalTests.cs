using System.Net;
using System.Net.Http.Json;
using System.Text;
using Retort.Checkpoints;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Server;

/// <summary>What cannot be done is refused in OpenAI's shape, by the name of the field, with the numbers of both sides.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private const string Chat = "v1/chat/completions", Messages = "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]";

    private Serving _serving = null!;

    public async ValueTask InitializeAsync() => _serving = await Serving.LanguageAsync();

    [Theory]
    [InlineData("{}", "messages", "'messages' is missing.")]
    [InlineData("{\"messages\": []}", "messages", "'messages' is empty.")]
    [InlineData("{\"messages\": \"Hi\"}", "messages", "'messages' is a string; expected a list of messages.")]
    [InlineData("{\"messages\": [7]}", "messages[0]", "'messages[0]' is 7; expected an object with role and content.")]
    [InlineData("{\"messages\": [{\"role\": \"tool\", \"content\": \"\"}]}", "messages[0].role", "is 'tool'; expected system, developer, user or assistant")]
    [InlineData("{\"messages\": [{\"role\": \"user\"}]}", "messages[0].content", "'messages[0].content' is missing.")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}", "messages[0].content[0]", "is no text")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"\\ud800\"}]}", "messages[0].content", "is not Unicode")]
    [InlineData("{M, \"temperature\": 2.5}", "temperature", "'temperature' is 2.5; expected 0 to 2.")]
    [InlineData("{M, \"temperature\": \"1\"}", "temperature", "'temperature' is a string; expected a number.")]
    [InlineData("{M, \"top_p\": -0.1}", "top_p", "'top_p' is -0.1; expected 0 to 1.")]
    [InlineData("{M, \"n\": 0}", "n", "'n' is 0; expected 1 to 64.")]
    [InlineData("{M, \"max_tokens\": 0}", "max_tokens", "'max_tokens' is 0; expected 1 to 2147483647.")]
    [InlineData("{M, \"max_completion_tokens\": -3}", "max_completion_tokens", "'max_completion_tokens' is -3")]
    [InlineData("{M, \"max_tokens\": 1e400}", "max_tokens", "'max_tokens' is 1e400; expected a whole number.")]
    [InlineData("{M, \"logprobs\": true, \"top_logprobs\": 21}", "top_logprobs", "'top_logprobs' is 21; expected 0 to 20.")]
    [InlineData("{M, \"top_logprobs\": 2}", "top_logprobs", "'top_logprobs' needs 'logprobs': true.")]
    [InlineData("{M, \"stop\": [\"\"]}", "stop", "'stop' has an empty string, which is everywhere.")]
    [InlineData("{M, \"stop\": 3}", "stop", "'stop' is 3; expected a string.")]
    [InlineData("{M, \"stream\": 1}", "stream", "'stream' is 1; expected true or false.")]
    [InlineData("{M, \"seed\": 1.5}", "seed", "'seed' is 1.5; expected a whole number.")]
    [InlineData("{M, \"tools\": [{}]}", "tools", "'tools' is not supported: the model calls no tools.")]
    [InlineData("{M, \"response_format\": {\"type\": \"json_object\"}}", "response_format", "'response_format' is not supported")]
    [InlineData("{M, \"presence_penalty\": 1}", "presence_penalty", "use repetition_penalty.")]
    [InlineData("{M, \"logit_bias\": {\"5\": 1}}", "logit_bias", "'logit_bias' is not supported")]
    [InlineData("{M, \"max_token\": 5}", "max_token", "unknown field 'max_token'. did you mean 'max_tokens'?")]
    [InlineData("{M, \"n_discard\": -1}", "n_discard", "unknown field 'n_discard'.")]
    [InlineData("{M, \"n\": 1, \"n\": 2}", null, "the body is not JSON that is read here")]
    [InlineData("[]", null, "the body is JSON a list; expected an object.")]
    [InlineData("{", null, "the body is not JSON that is read here")]
    [InlineData("", null, "the body is not JSON that is read here")]
    [InlineData("{\"\\ud800\": 1}", null, "is not Unicode")]
    public async Task ABadFieldIsNamed(string body, string? parameter, string sentence)
    {
        var (status, answer) = await _serving.PostAsync(Chat, body.Replace("M", Messages, StringComparison.Ordinal));
        Assert.Equal(400, status);
        var error = answer.GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(field => field.Name));
        Assert.Contains(sentence, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal(parameter, error.GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("v1/completions", "{}", "prompt")]
    [InlineData("v1/completions", "{\"prompt\": [99999]}", "prompt")]
    [InlineData("v1/completions", "{\"prompt\": \"\", \"echo\": true}", "echo")]
    [InlineData("v1/completions", "{\"prompt\": \"a\", \"logprobs\": 21}", "logprobs")]
    [InlineData("v1/completions", "{\"prompt\": \"a\", \"best_of\": 4}", "best_of")]
    [InlineData("v1/embeddings", "{\"input\": []}", "input")]
    [InlineData("v1/embeddings", "{\"input\": \"a\", \"dimensions\": 7}", "dimensions")]
    [InlineData("v1/embeddings", "{\"input\": \"a\", \"encoding_format\": \"hex\"}", "encoding_format")]
    [InlineData("v1/classify", "{\"input\": \"a\"}", "model")]
    public async Task OtherPathsRefuseAsWell(string path, string body, string parameter)
    {
        var (status, answer) = await _serving.PostAsync(path, body);
        Assert.Equal((400, parameter), (status, answer.GetProperty("error").GetProperty("param").GetString()));
    }

    [Fact]
    public async Task AFieldThatChangesNothingPasses() => Assert.Equal(200, (await _serving.PostAsync(Chat,
        $"{{{Messages}, \"max_tokens\": 1, \"user\": \"me\", \"store\": false, \"metadata\": {{\"a\": \"b\"}}, \"tools\": [], \"tool_choice\": \"none\", "
        + "\"response_format\": {\"type\": \"text\"}, \"presence_penalty\": 0, \"logit_bias\": {}, \"stop\": null, \"seed\": null, \"top_p\": 0}")).Status);

    [Fact]
    public async Task AnotherModelIsNotFound()
    {
        var (status, answer) = await _serving.PostAsync(Chat, $"{{{Messages}, \"model\": \"gpt-4o\"}}");
        Assert.Equal((404, "model_not_found"), (status, answer.GetProperty("error").GetProperty("code").GetString()));
        Assert.Contains("'gpt-4o' is not served here; this is 'drawn'", answer.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(404, (await _serving.GetAsync("v1/nothing")).Status);
        Assert.Equal(405, (await _serving.GetAsync(Chat)).Status);
    }

    /// <summary>Both numbers are named, and nothing is cut.</summary>
    [Fact]
    public async Task WhatDoesNotFitTheContextIsRefused()
    {
        using var device = new CpuDevice(1);
        using var model = LanguageModel.Open(Serving.Gguf, device);
        var text = string.Concat(Enumerable.Repeat("hello there ", 200));
        var tokens = model.Prompt([("user", text)], TimeProvider.System).Length;
        var (status, answer) = await _serving.PostAsync(Chat, new { messages = new[] { new { role = "user", content = text } } });
        var error = answer.GetProperty("error");
        Assert.Equal((400, "context_length_exceeded", "messages"), (status, error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.StartsWith($"the prompt has {tokens} tokens, and the model's context is 256 tokens", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        (status, answer) = await _serving.PostAsync(Chat, $"{{{Messages}, \"max_tokens\": 255}}");
        var prompt = model.Prompt([("user", "Hi")], TimeProvider.System).Length;
        Assert.Equal((400, $"the prompt has {prompt} tokens and max_tokens is 255, together {prompt + 255}; the model's context is 256 tokens."),
            (status, answer.GetProperty("error").GetProperty("message").GetString()));
    }

    [Fact]
    public async Task ABodyOfMoreThanFourMegabytesIsRefused()
    {
        var (status, answer) = await _serving.PostAsync(Chat, "{\"user\": \"" + new string('a', 4 << 20) + "\"}");
        Assert.Equal((413, "the body has more than 4194304 bytes."), (status, answer.GetProperty("error").GetProperty("message").GetString()));
    }

    [Fact]
    public async Task AnAnswerThatTakesTooLongEnds()
    {
        await using var endless = await Serving.EndlessAsync(options =>
            options with { TimeLimit = TimeSpan.FromMilliseconds(100), NewTokens = 900_000 });
        var body = $"{{{Messages}, \"temperature\": 0}}";
        var (status, answer) = await endless.PostAsync(Chat, body);
        Assert.Equal((503, "time_limit_exceeded"), (status, answer.GetProperty("error").GetProperty("code").GetString()));
        var read = new MemoryStream(); // an error event, and then no end: clients that pass the event over meet a broken connection
        using var streamed = await endless.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, Chat)
        {
            Content = new StringContent(body.Replace("\"temperature\": 0", "\"stream\": true", StringComparison.Ordinal)),
        }, HttpCompletionOption.ResponseHeadersRead);
        await Assert.ThrowsAnyAsync<Exception>(async () => await (await streamed.Content.ReadAsStreamAsync()).CopyToAsync(read));
        var text = Encoding.UTF8.GetString(read.ToArray());
        Assert.Contains("data: {\"error\":{\"message\":\"the answer took longer than 0.1 seconds.\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    /// <summary>One place and no queue: a second request is refused until the first one's client leaves.</summary>
    [Fact]
    public async Task AClientThatLeavesFreesItsPlace()
    {
        await using var endless = await Serving.EndlessAsync(options => options with { Parallel = 1, Queue = 0, NewTokens = 900_000 });
        var first = await endless.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, Chat)
        {
            Content = new StringContent($"{{{Messages}, \"stream\": true}}"),
        }, HttpCompletionOption.ResponseHeadersRead);
        await (await first.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[400]); // it speaks
        using (var second = await endless.Client.PostAsJsonAsync("v1/completions", new { prompt = "a", max_tokens = 1 }))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
            Assert.Equal("1", second.Headers.GetValues("Retry-After").Single());
            Assert.Contains("\"rate_limit_exceeded\"", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        first.Dispose();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await endless.PostAsync("v1/completions", new { prompt = "a", max_tokens = 1 })).Status != 200) patience.Token.ThrowIfCancellationRequested();
    }

    [Fact]
    public async Task AStreamIsBrokenOffWhenTheServerStops()
    {
        var endless = await Serving.EndlessAsync(options => options with { NewTokens = 900_000 });
        using var client = new HttpClient { BaseAddress = endless.Server.Url };
        using var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, Chat)
        {
            Content = new StringContent($"{{{Messages}, \"stream\": true}}"),
        }, HttpCompletionOption.ResponseHeadersRead);
        var stream = await answer.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[400]);
        await endless.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await stream.CopyToAsync(Stream.Null));
    }

    public ValueTask DisposeAsync() => _serving.DisposeAsync();
}
