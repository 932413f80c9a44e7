using System.Net;
using Retort.Teachers.Chat;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class EndpointConnectionTests
{
    private static readonly ChatRequest Question = new([new ChatMessage("user", "hello")], new ChatParameters());

    /// <summary>A name is checked by what it resolves to, whatever stands before the address that is forbidden.</summary>
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("fe80::1")]
    [InlineData("127.0.0.1", "100.100.100.200")]
    [InlineData("0.0.0.0")]
    public async Task ANameThatLeadsToMetadataIsNotConnectedTo(params string[] addresses)
    {
        using var teacher = new HttpChatTeacher(ChatEndpoint.Parse("http://rebound.example/v1", "m", null), _ => null, TimeProvider.System,
            EndpointConnection.Open((_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray())));
        var error = await Assert.ThrowsAsync<RetortException>(() => teacher.AskAsync(Question, CancellationToken.None));
        Assert.Contains($"rebound.example  leads to {addresses[^1]}, which is link-local or a cloud's metadata service.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANameThatLeadsToThisMachineIsAsked()
    {
        using var endpoint = new ScriptedEndpoint();
        var port = new Uri(endpoint.Address).Port;
        using var teacher = new HttpChatTeacher(ChatEndpoint.Parse($"http://127.0.0.1:{port}/v1", ScriptedEndpoint.Model, null), _ => null,
            TimeProvider.System, EndpointConnection.Open((_, _) => throw new InvalidOperationException("an address is not resolved")));
        Assert.Equal("answer to hello", (await teacher.AskAsync(Question, CancellationToken.None)).Answers[0].Text);
    }

    /// <summary>A redirect would take the key to wherever it points.</summary>
    [Fact]
    public async Task ARedirectIsNotFollowed()
    {
        using var elsewhere = new ScriptedEndpoint();
        using var endpoint = new ScriptedEndpoint
        {
            Instead = _ => (307, new() { ["Location"] = $"{elsewhere.Address}/chat/completions" }, ""),
        };
        using var teacher = new HttpChatTeacher(ChatEndpoint.Parse(endpoint.Address, "m", "KEY"), _ => "canary-7f3a9c", TimeProvider.System);
        var error = await Assert.ThrowsAsync<RetortException>(() => teacher.AskAsync(Question, CancellationToken.None));
        Assert.Contains("answers with a redirect (307), which is not followed: it would take the key along.", error.Message, StringComparison.Ordinal);
        Assert.Equal("Bearer canary-7f3a9c", Assert.Single(endpoint.Requests).Authorization);
        Assert.Empty(elsewhere.Requests);
    }
}
