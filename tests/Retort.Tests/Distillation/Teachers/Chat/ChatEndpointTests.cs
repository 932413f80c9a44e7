using Retort.Teachers.Chat;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class ChatEndpointTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/chat/completions")]
    [InlineData("http://localhost:8080/v1/", "http://localhost:8080/v1/chat/completions")]
    [InlineData("https://api.example.com/v1/chat/completions", "https://api.example.com/v1/chat/completions")]
    [InlineData("https://x.openai.azure.com/openai/deployments/d?api-version=1", "https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1")]
    [InlineData("https://api.example.com", "https://api.example.com/chat/completions")]
    public void TheAddressOfCompletionsIsBuilt(string address, string expected) =>
        Assert.Equal(expected, ChatEndpoint.Parse(address, "m", null).Completions.AbsoluteUri);

    [Fact]
    public void TheLimitOfAnAnswerHasTheServicesName()
    {
        Assert.Equal("max_completion_tokens", ChatEndpoint.Parse("https://api.openai.com/v1", "m", "K").LimitField);
        Assert.Equal("max_tokens", ChatEndpoint.Parse("http://127.0.0.1:1/v1", "m", null).LimitField);
    }

    [Theory]
    [InlineData("ftp://x/v1", "m", null, "--endpoint  'ftp://x/v1' is no address of a service.")]
    [InlineData("https://me:canary7f3a@x/v1", "m", null, "--endpoint  the address carries a user, a password or a fragment.")]
    [InlineData("https://x/v1", " ", null, "--model  is empty.")]
    [InlineData("https://x/v1", "m", "my key canary7f3a", "--key-variable  what stands there is no name of an environment variable (it is not shown here).")]
    [InlineData("https://x/v1", "m", "sk-canary7f3aabcd", "--key-variable  what stands there looks like a key (it is not shown here).")]
    [InlineData("https://x/v1", "sk-canary7f3aabcd", null, "--model  what stands there looks like a key (it is not shown here).")]
    [InlineData("https://x/v1?key=AIzacanary7f3aabcdefghijkl", "m", null, "--endpoint  what stands there looks like a key (it is not shown here).")]
    [InlineData("http://169.254.169.254/v1", "m", null, "169.254.169.254  leads to 169.254.169.254, which is link-local or a cloud's metadata service.")]
    [InlineData("http://[fd00:ec2::254]/v1", "m", null, "which is link-local or a cloud's metadata service.")]
    [InlineData("http://[::ffff:169.254.1.2]/v1", "m", null, "which is link-local or a cloud's metadata service.")]
    [InlineData("http://api.example.com/v1", "m", "KEY", "--endpoint  a key would go to api.example.com unencrypted.")]
    public void WhatCannotBeAskedIsRefused(string address, string model, string? variable, string sentence)
    {
        var error = Assert.Throws<RetortException>(() => ChatEndpoint.Parse(address, model, variable));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary7f3a", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://192.168.1.7:8000/v1")]
    [InlineData("http://localhost:8000/v1")]
    [InlineData("http://[::1]:8000/v1")]
    public void TheOwnNetworkMayBeAskedWithAKeyUnencrypted(string address) =>
        Assert.Equal("KEY", ChatEndpoint.Parse(address, "m", "KEY").KeyVariable);
}
