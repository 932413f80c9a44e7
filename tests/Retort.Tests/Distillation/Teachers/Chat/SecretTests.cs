using System.Text.Json;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class SecretTests
{
    private const string Value = "canary+/7f3a9c2e=\"key";

    [Fact]
    public void ItShowsItselfToNobody()
    {
        var secret = Secret.OfEnvironment("KEY", _ => $" {Value}\n");
        Assert.Equal(Secret.Hidden, $"{secret}");
        Assert.DoesNotContain("canary", JsonSerializer.Serialize(secret), StringComparison.Ordinal);
    }

    [Fact]
    public void TextIsCleanedOfItHoweverItIsEscaped()
    {
        var secret = Secret.OfEnvironment("KEY", _ => Value);
        foreach (var text in (string[])[Value, JsonSerializer.Serialize(Value), Uri.EscapeDataString(Value)])
            Assert.DoesNotContain("7f3a9c2e", secret.Redact($"you sent {text}!"), StringComparison.Ordinal);
        Assert.Equal("nothing here", secret.Redact("nothing here"));
        Assert.Equal("no one", Secret.OfEnvironment("KEY", _ => "no").Redact("no one")); // a word, not a key
    }

    [Theory]
    [InlineData(null, "NAME  the environment has no variable of this name, or it is empty.")]
    [InlineData("  ", "NAME  the environment has no variable of this name, or it is empty.")]
    [InlineData("two words-7f3a", "NAME  holds something that no header can carry")]
    [InlineData("schlüssel-7f3a", "NAME  holds something that no header can carry")]
    public void WhatIsNoKeyIsRefusedWithoutShowingIt(string? value, string sentence)
    {
        var error = Assert.Throws<RetortException>(() => Secret.OfEnvironment("NAME", _ => value));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("7f3a", error.ToString(), StringComparison.Ordinal);
    }
}
