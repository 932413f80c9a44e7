using Retort.Checkpoints;
using Retort.Formats.Tokenizers;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Server;

/// <summary>A classifier of texts answers by /v1/classify, and chats with its label.</summary>
public sealed class ClassifierTests : IAsyncLifetime
{
    private static readonly string[] Texts = ["a quiet evening", "what do you want from me", "we won"];

    private Serving _serving = null!;

    public async ValueTask InitializeAsync() => _serving = await Serving.ClassifierAsync();

    [Fact]
    public async Task EveryTextGetsItsLabelAndEveryProbability()
    {
        var (status, body) = await _serving.PostAsync("v1/classify", new { input = Texts, model = Serving.Name });
        Assert.Equal(200, status);
        foreach (var (i, expected) in Probabilities().Index())
        {
            var item = body.GetProperty("data")[i];
            Assert.Equal(Serving.Labels[Array.IndexOf(expected, expected.Max())], item.GetProperty("label").GetString());
            Assert.Equal(Serving.Labels, item.GetProperty("probabilities").EnumerateArray().Select(one => one.GetProperty("label").GetString()));
            Assert.All(item.GetProperty("probabilities").EnumerateArray().Zip(expected),
                pair => Assert.Equal(pair.Second, pair.First.GetProperty("probability").GetDouble(), 1e-5));
        }
    }

    [Fact]
    public async Task AChatIsAnsweredByTheLabel()
    {
        var expected = Probabilities()[1];
        var asked = new
        {
            messages = new[] { new { role = "system", content = "Classify." }, new { role = "user", content = Texts[1] } }, logprobs = true, top_logprobs = 3,
        };
        var choice = (await _serving.PostAsync("v1/chat/completions", asked)).Body.GetProperty("choices")[0];
        var label = Serving.Labels[Array.IndexOf(expected, expected.Max())];
        Assert.Equal((label, "stop"), (choice.GetProperty("message").GetProperty("content").GetString(), choice.GetProperty("finish_reason").GetString()));
        var token = Assert.Single(choice.GetProperty("logprobs").GetProperty("content").EnumerateArray());
        Assert.Equal(label, token.GetProperty("token").GetString());
        Assert.Equal(Math.Log(expected.Max()), token.GetProperty("logprob").GetDouble(), 1e-5);
        Assert.Equal(1, token.GetProperty("top_logprobs").EnumerateArray().Sum(one => Math.Exp(one.GetProperty("logprob").GetDouble())), 1e-6);
        var events = await _serving.StreamAsync("v1/chat/completions", new { asked.messages, stream = true });
        Assert.Equal(label, events[1].GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString());
    }

    [Fact]
    public async Task ItsEmbeddingsHaveLengthOne()
    {
        var (_, body) = await _serving.PostAsync("v1/embeddings", new { input = Texts });
        Assert.Equal(3, body.GetProperty("data").GetArrayLength());
        Assert.All(body.GetProperty("data").EnumerateArray(), item =>
            Assert.Equal(1, item.GetProperty("embedding").EnumerateArray().Sum(value => value.GetDouble() * value.GetDouble()), 1e-5));
    }

    [Fact]
    public async Task ATextThatIsTooLongIsRefusedWithBothNumbers()
    {
        var (status, body) = await _serving.PostAsync("v1/classify", new { input = string.Join(' ', Enumerable.Repeat("a", 40)) });
        Assert.Equal((400, "context_length_exceeded"), (status, body.GetProperty("error").GetProperty("code").GetString()));
        Assert.Contains("has 42 tokens, and the model sees at most 24 tokens", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static double[][] Probabilities()
    {
        using var folder = new TemporaryFolder();
        var path = Serving.Classifier(folder);
        var tokenizer = TokenizerFolder.Read(path);
        using var device = new CpuDevice(1);
        using var checkpoint = EncoderCheckpoint.Load(path, device);
        using var step = new Step(device);
        return [.. Texts.Select(text =>
        {
            step.Begin(training: false);
            int[] ids = [.. tokenizer.Encode(text).Ids];
            var logits = device.ToDoubles(checkpoint.Model.Forward(step, step.Constant(new Shape(1, ids.Length), ids)));
            var sum = logits.Sum(Math.Exp);
            return logits.Select(logit => Math.Exp(logit) / sum).ToArray();
        })];
    }

    public ValueTask DisposeAsync() => _serving.DisposeAsync();
}
