using System.Globalization;
using Retort.Asking;
using Retort.Recipes;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>From what a recipe says about an endpoint to what is asked of it, and what was said.</summary>
internal static class ChatOrders
{
    public static ChatEndpoint EndpointOf(ChatRecipe chat) =>
        ChatEndpoint.Parse(chat.Endpoint, chat.Model, chat.KeyVariable.Length > 0 ? chat.KeyVariable : null);

    /// <param name="chat">Whom, and what it may cost.</param>
    /// <param name="prompts">What the user says; the model is told chat.system before it.</param>
    /// <param name="temperature">Of the draws.</param>
    /// <param name="topP">Of the draws.</param>
    /// <param name="samples">Answers to each.</param>
    /// <exception cref="RetortException">Nobody has said what it costs.</exception>
    public static AskingOrder Of(ChatRecipe chat, IReadOnlyList<string> prompts, double temperature, double topP, int samples) => new()
    {
        Prompts = [.. prompts.Select((prompt, i) => new Prompt(i.ToString(CultureInfo.InvariantCulture),
            [.. chat.System.Length == 0 ? Array.Empty<ChatMessage>() : [new ChatMessage("system", chat.System)], new ChatMessage("user", prompt)]))],
        Parameters = new ChatParameters { Temperature = temperature, TopP = topP, NewTokens = chat.NewTokens, Seed = 1 },
        Samples = samples,
        Price = PriceOf(chat),
        Caps = new SpendCaps((decimal?)chat.MaxUsd, chat.MaxTokens, null),
        Concurrency = chat.Concurrency,
    };

    /// <summary>[items] what was accepted, thought and all; null = nothing.</summary>
    public static string?[] Said(AskingFolder kept, IReadOnlyList<AskingItem> items) =>
        [.. items.Select(item => kept.Journal.Record(item.Key) is { State: ItemState.Accepted, Reply: { } reply }
            ? (reply.Answers[0].Reasoning is { Length: > 0 } thought ? $"<think>{thought}</think>" : "") + reply.Answers[0].Text : null)];

    /// <summary>"40 requests, 1,200 + 300 tokens, $0.02".</summary>
    public static string Describe(Spend spent) => string.Create(CultureInfo.InvariantCulture,
        $"{spent.Requests:N0} requests, {spent.Input:N0} + {spent.Output:N0} tokens, {Budget.Money(spent.Dollars)}");

    private static Price PriceOf(ChatRecipe chat) =>
        chat is { PriceIn: { } input, PriceOut: { } output } ? new Price((decimal)input, (decimal)output, Source: "the recipe")
        : PriceTable.With(null).Find(EndpointOf(chat)) ?? throw new RetortException("teacher.chat",
            $"nobody has said what '{chat.Model}' costs at {EndpointOf(chat).Address.Host}.", "a price, so that the bill is known before it is made.",
            "write priceIn and priceOut, in dollars for a million tokens; 0 for a server of your own.");
}
