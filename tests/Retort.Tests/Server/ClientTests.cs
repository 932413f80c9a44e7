using System.ClientModel;
using System.Diagnostics;
using System.Text;
using OpenAI;
using OpenAI.Chat;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Server;

/// <summary>Clients that others wrote ask the server as they ask OpenAI: by another base URL.</summary>
[Trait("Category", "Verifier")]
public sealed class ClientTests : IAsyncLifetime
{
    private const string Npm = "openai@6.49.0";

    private const string Script = """
        import OpenAI from 'openai';
        import assert from 'node:assert';
        const [baseURL, endless] = process.argv.slice(2);
        const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });
        const messages = [{ role: 'user', content: 'Hello' }];
        const asked = { model: 'drawn', messages, max_completion_tokens: 12, temperature: 0 };

        const whole = await client.chat.completions.create({ ...asked, logprobs: true, top_logprobs: 3 });
        const content = whole.choices[0].message.content;
        assert.equal(whole.choices[0].finish_reason, 'length');
        assert.equal(whole.usage.completion_tokens, 12);
        assert.equal(whole.choices[0].logprobs.content.length, 12);
        assert.equal(whole.choices[0].logprobs.content[0].top_logprobs.length, 3);

        let text = '', usage;
        for await (const part of await client.chat.completions.create({ ...asked, stream: true, stream_options: { include_usage: true } })) {
          text += part.choices[0]?.delta?.content ?? '';
          usage = part.usage ?? usage;
        }
        assert.equal(text, content);
        assert.deepEqual(usage, whole.usage);
        const helper = client.chat.completions.stream(asked);
        assert.equal((await helper.finalChatCompletion()).choices[0].message.content, content);

        const embedded = await client.embeddings.create({ model: 'drawn', input: ['Hello', 'you'] });
        assert.equal(embedded.data.length, 2);
        assert(Math.abs(embedded.data[1].embedding.reduce((sum, x) => sum + x * x, 0) - 1) < 1e-5);
        assert.equal((await client.completions.create({ model: 'drawn', prompt: 'Once', max_tokens: 3 })).choices.length, 1);
        assert.equal((await client.models.list()).data[0].id, 'drawn');
        assert.equal((await client.models.retrieve('drawn')).object, 'model');

        await assert.rejects(client.chat.completions.create({ model: 'drawn' }),
          error => error instanceof OpenAI.BadRequestError && error.param === 'messages');
        await assert.rejects(client.chat.completions.create({ ...asked, model: 'other' }), OpenAI.NotFoundError);
        await assert.rejects(client.chat.completions.create({ ...asked, temperature: 3 }), error => error.status === 400 && error.param === 'temperature');

        const long = new OpenAI({ baseURL: endless, apiKey: 'none', maxRetries: 0 });
        const stream = await long.chat.completions.create({ model: 'drawn', messages, stream: true });
        let pieces = 0;
        for await (const part of stream) if (part && ++pieces === 5) stream.controller.abort();
        assert(pieces >= 5); // some had come already
        for (;;) { // the place is free again
          const left = (await (await fetch(new URL('/health', endless))).json()).outstanding;
          if (left === 0) break;
          await new Promise(done => setTimeout(done, 20));
        }
        console.log('done');
        """;

    private Serving _serving = null!, _endless = null!;

    public async ValueTask InitializeAsync()
    {
        _serving = await Serving.LanguageAsync();
        _endless = await Serving.EndlessAsync(options => options with { NewTokens = 900_000 });
    }

    [Fact]
    public void OpenAisNodeClient()
    {
        if (NodePackages.TryCreate("the check of the server by OpenAI's client for Node.js", out var why, Npm) is not { } packages)
        {
            Assert.Skip(why);
            return;
        }
        Assert.Equal("done", packages.Run("openai-client.mjs", Script, $"{_serving.Server.Url}v1", $"{_endless.Server.Url}v1").Trim());
    }

    [Fact]
    public async Task OpenAisDotNetClient()
    {
        var client = Client(_serving).GetChatClient(Serving.Name);
        var options = new ChatCompletionOptions
        {
            MaxOutputTokenCount = 12, Temperature = 0, IncludeLogProbabilities = true, TopLogProbabilityCount = 3,
        };
        ChatMessage[] messages = [new SystemChatMessage("Be brief."), new UserChatMessage("Hello")];
        ChatCompletion whole = await client.CompleteChatAsync(messages, options);
        Assert.Equal(ChatFinishReason.Length, whole.FinishReason);
        Assert.Equal(12, whole.Usage.OutputTokenCount);
        Assert.Equal(12, whole.ContentTokenLogProbabilities.Count);
        Assert.All(whole.ContentTokenLogProbabilities, token => Assert.Equal(3, token.TopLogProbabilities.Count));
        var bytes = whole.ContentTokenLogProbabilities.SelectMany(token => token.Utf8Bytes!.Value.ToArray()).ToArray();
        Assert.Equal(whole.Content[0].Text, Encoding.UTF8.GetString(bytes));

        var (text, usage, finish) = (new StringBuilder(), (ChatTokenUsage?)null, (ChatFinishReason?)null);
        await foreach (var part in client.CompleteChatStreamingAsync(messages, options))
        {
            foreach (var piece in part.ContentUpdate) text.Append(piece.Text);
            (usage, finish) = (part.Usage ?? usage, part.FinishReason ?? finish);
        }
        Assert.Equal((whole.Content[0].Text, 12, ChatFinishReason.Length), (text.ToString(), usage!.OutputTokenCount, finish!.Value));

        var vector = (await Client(_serving).GetEmbeddingClient(Serving.Name).GenerateEmbeddingAsync("Hello")).Value.ToFloats().ToArray();
        Assert.Equal(1, vector.Sum(value => (double)value * value), 1e-5);
        Assert.Equal([Serving.Name], (await Client(_serving).GetOpenAIModelClient().GetModelsAsync()).Value.Select(model => model.Id));

        var error = await Assert.ThrowsAsync<ClientResultException>(() =>
            client.CompleteChatAsync(messages, new ChatCompletionOptions { Temperature = 3 }));
        Assert.Equal(400, error.Status);
        Assert.Contains("'temperature' is 3; expected 0 to 2.", error.Message, StringComparison.Ordinal);

        using var leave = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            var endless = Client(_endless).GetChatClient(Serving.Name);
            await foreach (var part in endless.CompleteChatStreamingAsync(messages, cancellationToken: leave.Token))
                if (part.ContentUpdate.Count > 0) await leave.CancelAsync();
        });
        await FreeAsync(_endless);
    }

    [Fact]
    public async Task Curl()
    {
        if (await CurlAsync("--version") is not { Code: 0 })
        {
            Assert.Skip("the check of the server by curl was skipped: this machine has none. To have it, install curl.");
            return;
        }
        var url = $"{_serving.Server.Url}v1/chat/completions";
        string[] asked = ["-sS", url, "-H", "Content-Type: application/json", "-d"];
        const string hello = "{\"model\": \"drawn\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]";
        const string body = hello + ", \"max_tokens\": 6, \"temperature\": 0";
        var whole = Serving.Parse((await CurlAsync([.. asked, body + "}"])).Output).GetProperty("choices")[0];
        var streamed = (await CurlAsync(["-N", .. asked, body + ", \"stream\": true}"])).Output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", streamed[^1]);
        var text = string.Concat(streamed.SkipLast(1).Select(line => Serving.Parse(line[6..]).GetProperty("choices")[0].GetProperty("delta"))
            .Select(delta => delta.TryGetProperty("content", out var said) ? said.GetString() : ""));
        Assert.Equal(whole.GetProperty("message").GetProperty("content").GetString(), text);
        var refused = await CurlAsync("-sS", "-w", "\n%{http_code}", url, "-d", "{}");
        Assert.EndsWith("\n400", refused.Output, StringComparison.Ordinal);
        var broken = await CurlAsync("-sS", "-m", "2", $"{_endless.Server.Url}v1/chat/completions", "-d", hello + "}");
        Assert.Equal(28, broken.Code); // its own time was over
        await FreeAsync(_endless);
    }

    private static OpenAIClient Client(Serving serving) => new(new ApiKeyCredential("none"),
        new OpenAIClientOptions { Endpoint = new Uri($"{serving.Server.Url}v1") });

    private static async Task FreeAsync(Serving serving)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await serving.GetAsync("health")).Body.GetProperty("outstanding").GetInt32() > 0) patience.Token.ThrowIfCancellationRequested();
    }

    private static async Task<(int Code, string Output)> CurlAsync(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("curl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var curl = Process.Start(start)!;
            var error = curl.StandardError.ReadToEndAsync();
            var output = await curl.StandardOutput.ReadToEndAsync();
            await curl.WaitForExitAsync();
            return (curl.ExitCode, output + await error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _serving.DisposeAsync();
        await _endless.DisposeAsync();
    }
}
