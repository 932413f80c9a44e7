using Ai = Microsoft.Extensions.AI;

namespace Retort.Teachers.Chat;

/// <summary>
/// Any <see cref="Ai.IChatClient"/> as a teacher. Its answers are texts: the interface knows no log-probabilities, and what it does about
/// keys, retries and redirects is its own.
/// </summary>
/// <param name="client">Asked with one request for each answer; the caller's to dispose.</param>
/// <param name="model">Named in each request, and in the key of each answer; null = the client's own.</param>
public sealed class ExtensionsChatTeacher(Ai.IChatClient client, string? model = null) : IChatTeacher
{
    public string Identity { get; } = Name(client, model);

    public async Task<ChatReply> AskAsync(ChatRequest request, CancellationToken cancellation)
    {
        if (request.Parameters is { TopLogProbabilities: > 0 } or { Extra: not null } or { Choices.Field: not ChoiceField.None })
            throw new ChatRefusedException(Identity, "an IChatClient gives no log-probabilities and takes no fields of one service.",
                "messages and common parameters.", "ask the endpoint itself (ChatEndpoint).");
        var (answers, usage, name) = (new List<ChatAnswer>(), (ChatUsage?)new ChatUsage(0, 0), (string?)null);
        for (var number = 0; number < request.Answers; number++)
        {
            var response = await client.GetResponseAsync(
                [.. request.Messages.Select(message => new Ai.ChatMessage(new Ai.ChatRole(message.Role), message.Content))],
                Options(request), cancellation).ConfigureAwait(false);
            answers.Add(Answer(response));
            usage = usage is not null && response.Usage is { InputTokenCount: { } input, OutputTokenCount: { } output }
                ? new ChatUsage(usage.Input + input, usage.Output + output) : null;
            name = response.ModelId ?? name;
        }
        if (answers.All(answer => answer is { Text: "", Refusal: null, Finish: FinishReason.Stop or FinishReason.Unknown }))
            throw new ChatTroubleException(ChatTrouble.Empty, "the answer is empty.", usage: usage, mayBeBilled: true);
        return new ChatReply(name, answers, usage);
    }

    private Ai.ChatOptions Options(ChatRequest request) => new()
    {
        ModelId = model,
        Temperature = (float?)request.Parameters.Temperature,
        TopP = (float?)request.Parameters.TopP,
        MaxOutputTokens = request.Parameters.NewTokens,
        Seed = request.Parameters.Seed + request.Sample,
        StopSequences = request.Parameters.Stop.Count > 0 ? [.. request.Parameters.Stop] : null,
    };

    private static ChatAnswer Answer(Ai.ChatResponse response)
    {
        var reasoning = string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<Ai.TextReasoningContent>()
            .Select(part => part.Text));
        return new ChatAnswer(response.Text, reasoning.Length > 0 ? reasoning : null, Finish(response.FinishReason));
    }

    private static FinishReason Finish(Ai.ChatFinishReason? reason) => reason?.Value switch
    {
        "stop" => FinishReason.Stop,
        "length" => FinishReason.Length,
        "content_filter" => FinishReason.ContentFilter,
        "tool_calls" => FinishReason.ToolCalls,
        _ => FinishReason.Unknown,
    };

    private static string Name(Ai.IChatClient client, string? model)
    {
        var data = client.GetService(typeof(Ai.ChatClientMetadata)) as Ai.ChatClientMetadata;
        return $"{data?.ProviderUri?.GetLeftPart(UriPartial.Path) ?? data?.ProviderName ?? client.GetType().Name} {model ?? data?.DefaultModelId}";
    }
}
