using System.Globalization;
using Retort.Asking;
using Retort.Data.Text;
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
    /// <param name="parameters">How they are answered; the most tokens of an answer and further fields are the recipe's.</param>
    /// <exception cref="RetortException">Nobody has said what it costs.</exception>
    public static AskingOrder Of(ChatRecipe chat, string system, IEnumerable<TextPrompt> prompts, ChatParameters parameters)
    {
        ChatMessage[] told = system.Length == 0 ? [] : [new ChatMessage("system", system)];
        return new AskingOrder
        {
            Prompts = [.. prompts.Select((prompt, i) => new Prompt(i.ToString(CultureInfo.InvariantCulture),
                [.. told, .. prompt.Turns.Select(turn => new ChatMessage(turn.Role, turn.Content))]))],
            Parameters = parameters with
            {
                NewTokens = chat.NewTokens,
                Extra = chat.Fields.Length == 0 ? null : ChatParameters.ReadExtra(chat.Fields, "teacher.chat.fields"),
            },
            Price = PriceOf(chat),
            Caps = new SpendCaps((decimal?)chat.MaxUsd, chat.MaxTokens, null),
            Concurrency = chat.Concurrency,
        };
    }

    /// <summary>[items] what was accepted; null = nothing.</summary>
    public static ChatAnswer?[] Said(AskingFolder kept, IReadOnlyList<AskingItem> items) =>
        [.. items.Select(item => kept.Journal.Record(item.Key) is { State: ItemState.Accepted, Reply: { } reply }
            ? reply.Answers[0] : null)];

    /// <summary>A text as a teacher that is here would write it, thought and all; null = none was accepted.</summary>
    public static string? TextOf(ChatAnswer? answer) =>
        answer is null ? null : (answer.Reasoning is { Length: > 0 } thought ? $"<think>{thought}</think>" : "") + answer.Text;

    /// <summary>"40 requests, 1,200 + 300 tokens, $0.02".</summary>
    public static string Describe(Spend spent) => string.Create(CultureInfo.InvariantCulture,
        $"{spent.Requests:N0} requests, {spent.Input:N0} + {spent.Output:N0} tokens, {Budget.Money(spent.Dollars)}");

    private static Price PriceOf(ChatRecipe chat) => chat is { PriceIn: { } input, PriceOut: { } output }
        ? new Price((decimal)input, (decimal)output, Source: "the recipe")
        : PriceTable.With(null).Find(Endpoint(chat)) ?? throw new RetortException("teacher.chat",
            $"nobody has said what '{chat.Model}' costs at {Endpoint(chat).Address.Host}.", "a price, so that the bill is known before it is made.",
            "write priceIn and priceOut, in dollars for a million tokens; 0 for a server of your own.");
}
