using Xunit;

namespace Retort.Tests.Server;

/// <summary>A net of hashed n-grams behind OpenAI's paths.</summary>
public sealed class NGramsTests
{
    [Fact]
    public async Task AnswersByLabelAndTellsTheClasses()
    {
        await using var serving = await Serving.NGramsAsync();
        var (status, body) = await serving.PostAsync("v1/chat/completions", new
        {
            messages = new[] { new { role = "system", content = "Which of them?" }, new { role = "user", content = "a b" } }, logprobs = true, top_logprobs = 20,
        });
        Assert.Equal(200, status);
        var choice = body.GetProperty("choices")[0];
        var entry = choice.GetProperty("logprobs").GetProperty("content")[0];
        Assert.Equal(choice.GetProperty("message").GetProperty("content").GetString(), entry.GetProperty("token").GetString());
        Assert.Equal(1, entry.GetProperty("top_logprobs").EnumerateArray().Sum(one => Math.Exp(one.GetProperty("logprob").GetDouble())), 1e-6);
        Assert.Equal(5, body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32()); // two words, their pair, <a> and <b>
        Assert.Contains("\nretort_answer_tokens_total 1\n", await serving.Client.GetStringAsync("metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v1/classify", """{"input": [1, 2]}""", "has ids of tokens")]
    [InlineData("v1/classify", """{"input": "  "}""", "a text without a letter")]
    [InlineData("v1/classify", """{"input": "far too many words for it"}""", "at most 8 tokens")]
    [InlineData("v1/embeddings", """{"input": "a"}""", "makes no embeddings")]
    public async Task WhatItCannotReadIsRefused(string path, string body, string error)
    {
        await using var serving = await Serving.NGramsAsync();
        var (status, answer) = await serving.PostAsync(path, body);
        Assert.Equal(400, status);
        Assert.Contains(error, answer.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
