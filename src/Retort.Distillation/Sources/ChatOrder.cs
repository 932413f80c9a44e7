using System.Globalization;
using Retort.Asking;
using Retort.Recipes;
using Retort.Teachers.Chat;
using Retort.Tensors;

namespace Retort.Sources;

/// <summary>What a recipe says about asking, as an order.</summary>
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

    private static Price PriceOf(ChatRecipe chat) => chat is { PriceIn: { } input, PriceOut: { } output }
        ? new Price((decimal)input, (decimal)output, Source: "the recipe")
        : PriceTable.With(null).Find(Endpoint(chat)) ?? throw new RetortException("teacher.chat",
            $"nobody has said what '{chat.Model}' costs at {Endpoint(chat).Address.Host}.", "a price, so that the bill is known before it is made.",
            "write priceIn and priceOut, in dollars for a million tokens; 0 for a server of your own.");
}
