using System.Runtime.CompilerServices;
using Ai = Microsoft.Extensions.AI;
using Retort.Teachers.Chat;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Chat;

public sealed class ExtensionsChatTeacherTests
{
    [Fact]
    public async Task AnyClientIsATeacher()
    {
        var client = new Client { Usage = new Ai.UsageDetails { InputTokenCount = 7, OutputTokenCount = 3 } };
        var teacher = new ExtensionsChatTeacher(client, "m");
        Assert.Equal("https://api.example.com/v1 m", teacher.Identity);
        var reply = await teacher.AskAsync(new ChatRequest([new ChatMessage("system", "short"), new ChatMessage("user", "hello")],
            new ChatParameters { NewTokens = 9, Temperature = 0.5, Seed = 4, Stop = ["\n"] }, Sample: 1, Answers: 2), CancellationToken.None);
        Assert.Equal(2, reply.Answers.Count);
        Assert.Equal(new ChatAnswer("hello to you", "hm", FinishReason.Length), reply.Answers[0]);
        Assert.Equal(new ChatUsage(14, 6), reply.Usage);
        Assert.Equal("system short|user hello", client.Asked);
        Assert.Equal(("m", 9, 0.5f, 5L, "\n"), (client.Options!.ModelId, client.Options.MaxOutputTokens, client.Options.Temperature,
            client.Options.Seed, client.Options.StopSequences![0]));
    }

    [Fact]
    public async Task WhatItCannotGiveIsRefusedAndACountThatIsMissingIsMissing()
    {
        var teacher = new ExtensionsChatTeacher(new Client());
        var error = await Assert.ThrowsAsync<ChatRefusedException>(() => teacher.AskAsync(
            ScriptedTeacher.Question() with { Parameters = new ChatParameters { TopLogProbabilities = 5 } }, CancellationToken.None));
        Assert.Contains("an IChatClient gives no log-probabilities", error.Message, StringComparison.Ordinal);
        Assert.Null((await teacher.AskAsync(ScriptedTeacher.Question(), CancellationToken.None)).Usage);
    }

    [Fact]
    public async Task AnEmptyAnswerIsTrouble()
    {
        var teacher = new ExtensionsChatTeacher(new Client { Text = "", Finish = Ai.ChatFinishReason.Stop });
        var trouble = await Assert.ThrowsAsync<ChatTroubleException>(() =>
            teacher.AskAsync(ScriptedTeacher.Question(), CancellationToken.None));
        Assert.Equal(ChatTrouble.Empty, trouble.Kind);
    }

    private sealed class Client : Ai.IChatClient
    {
        public Ai.UsageDetails? Usage { get; init; }
        public string Text { get; init; } = "hello to you";
        public Ai.ChatFinishReason Finish { get; init; } = Ai.ChatFinishReason.Length;
        public string? Asked { get; private set; }
        public Ai.ChatOptions? Options { get; private set; }

        public Task<Ai.ChatResponse> GetResponseAsync(IEnumerable<Ai.ChatMessage> messages, Ai.ChatOptions? options,
            CancellationToken cancellation)
        {
            Asked = string.Join('|', messages.Select(message => $"{message.Role} {message.Text}"));
            Options = options;
            return Task.FromResult(new Ai.ChatResponse(new Ai.ChatMessage(Ai.ChatRole.Assistant,
                [new Ai.TextReasoningContent("hm"), new Ai.TextContent(Text)])) { Usage = Usage, FinishReason = Finish });
        }

        public async IAsyncEnumerable<Ai.ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<Ai.ChatMessage> messages,
            Ai.ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.Yield();
            yield break;
        }

        public object? GetService(Type type, object? key) =>
            type == typeof(Ai.ChatClientMetadata) ? new Ai.ChatClientMetadata("example", new Uri("https://api.example.com/v1"), "d") : null;

        public void Dispose()
        {
        }
    }
}
