using Retort.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class KeyShapesTests
{
    [Theory]
    [InlineData("sk-proj-abcdefgh1234")]
    [InlineData("AKIAIOSFODNN7EXAMPLE")]
    [InlineData("ghp_abcdefghijklmnop1234")]
    [InlineData("hf_abcdefghijklmnop1234")]
    [InlineData("eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----")]
    [InlineData("4f9a1c7e2b8d4f9a1c7e2b8d4f9a1c7e")]
    public void KeysAreKnown(string text) => Assert.True(KeyShapes.Looks(text));

    [Theory]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("MY_KEY_2026_11_22_FOR_THE_LAB")]
    [InlineData("gpt-4o-mini-2024-07-18")]
    [InlineData("hf-internal-testing/tiny-random-llama")]
    [InlineData("models/qwen2.5-0.5b-instruct-q4_k_m.gguf")]
    [InlineData("http://127.0.0.1:8080/v1")]
    [InlineData("https://example.openai.azure.com/openai/deployments/d1?api-version=2025-02-01-preview")]
    public void NamesAndAddressesAreNot(string text) => Assert.False(KeyShapes.Looks(text));

    [Fact]
    public void TheyAreHiddenInErrors() => Assert.Equal("Incorrect API key provided: (secret). See the page.",
        KeyShapes.Hide("Incorrect API key provided: sk-abcd**********wxyz. See the page."));
}
