using System.Globalization;
using Retort.Asking;
using Retort.Recipes;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>From what a recipe says about an endpoint to what is asked of it, and what was said.</summary>
internal static class ChatOrder
{
    public static ChatEndpoint Endpoint(ChatRecipe chat) =>
        ChatEndpoint.Parse(chat.Endpoint, chat.Model, chat.KeyVariable.Length > 0 ? chat.KeyVariable : null);

    /// <param name="chat">Whom to ask, for how much.</param>
    /// <param name="system">Said first; empty = nothing.</param>
    /// <param name="prompts">One a question.</param>
    /// <param name="parameters">How they are answered; the most tokens of an answer are the recipe's.</param>
    /// <exception cref="RetortException">Nobody has said what it costs.</exception>
    public static AskingOrder Of(ChatRecipe chat, string system, IEnumerable<string> prompts, ChatParameters parameters) => new()
    {
        Prompts = [.. prompts.Select((prompt, i) => new Prompt(i.ToString(CultureInfo.InvariantCulture),
            [.. system.Length == 0 ? Array.Empty<ChatMessage>() : [new ChatMessage("system", system)], new ChatMessage("user", prompt)]))],
        Parameters = parameters with { NewTokens = chat.NewTokens },
        Price = PriceOf(chat),
        Caps = new SpendCaps((decimal?)chat.MaxUsd, chat.MaxTokens, null),
        Concurrency = chat.Concurrency,
    };

    /// <summary>Several answers to each prompt, after what the recipe has the model told first.</summary>
    public static AskingOrder Of(ChatRecipe chat, IReadOnlyList<string> prompts, double temperature, double topP, int samples) =>
        Of(chat, chat.System, prompts, new ChatParameters { Temperature = temperature, TopP = topP, Seed = 1 }) with { Samples = samples };

    /// <summary>[items] what was accepted, thought and all; null = nothing.</summary>
    public static string?[] Said(AskingFolder kept, IReadOnlyList<AskingItem> items) =>
        [.. items.Select(item => kept.Journal.Record(item.Key) is { State: ItemState.Accepted, Reply: { } reply }
            ? (reply.Answers[0].Reasoning is { Length: > 0 } thought ? $"<think>{thought}</think>" : "") + reply.Answers[0].Text : null)];

    /// <summary>"40 requests, 1,200 + 300 tokens, $0.02".</summary>
    public static string Describe(Spend spent) => string.Create(CultureInfo.InvariantCulture,
        $"{spent.Requests:N0} requests, {spent.Input:N0} + {spent.Output:N0} tokens, {Budget.Money(spent.Dollars)}");

    private static Price PriceOf(ChatRecipe chat) => chat is { PriceIn: { } input, PriceOut: { } output }
        ? new Price((decimal)input, (decimal)output, Source: "the recipe")
        : PriceTable.With(null).Find(Endpoint(chat)) ?? throw new RetortException("teacher.chat",
            $"nobody has said what '{chat.Model}' costs at {Endpoint(chat).Address.Host}.", "a price, so that the bill is known before it is made.",
            "write priceIn and priceOut, in dollars for a million tokens; 0 for a server of your own.");
}
