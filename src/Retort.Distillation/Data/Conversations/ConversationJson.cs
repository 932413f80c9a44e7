using System.Text.Json;

namespace Retort.Data.Conversations;

/// <summary>Writes conversations as OpenAI's fine-tuning reads them: "messages", or "input" with two outputs for a pair.</summary>
public static class ConversationJson
{
    /// <summary>The properties of one line; its braces are the writer's.</summary>
    public static void Write(Utf8JsonWriter json, Conversation conversation)
    {
        if (conversation.Id is { } id) json.WriteString("id", id);
        if (conversation.IsPair)
        {
            json.WriteStartObject("input");
            Asked(json, conversation);
            json.WriteEndObject();
            Messages(json, "preferred_output", [conversation.Preferred!]);
            Messages(json, "non_preferred_output", [conversation.NonPreferred!]);
        }
        else
        {
            Asked(json, conversation);
        }
        if (conversation.Label is { } label) json.WriteBoolean("label", label);
        foreach (var (name, value) in conversation.Fields.Where(field => !Taken(conversation, field.Key)))
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }

    /// <summary>
    /// What this writer itself writes must not stand twice; other rows' keys of these names told them apart, and have been read.
    /// </summary>
    private static bool Taken(Conversation conversation, string key) => key is "id" or "messages" or "tools" or "input" or "preferred_output"
        or "non_preferred_output" || (key == "label" && conversation.Label is not null);

    private static void Asked(Utf8JsonWriter json, Conversation conversation)
    {
        Messages(json, "messages", conversation.Messages);
        if (conversation.Tools is not { } tools) return;
        json.WritePropertyName("tools");
        tools.WriteTo(json);
    }

    private static void Messages(Utf8JsonWriter json, string key, IEnumerable<Message> messages)
    {
        json.WriteStartArray(key);
        foreach (var message in messages) One(json, message);
        json.WriteEndArray();
    }

    private static void One(Utf8JsonWriter json, Message message)
    {
        json.WriteStartObject();
        json.WriteString("role", message.Role);
        if (message.Content is { } content) json.WriteString("content", content);
        else json.WriteNull("content");
        if (message.Reasoning is { } reasoning) json.WriteString("reasoning_content", reasoning);
        if (message.Name is { } name) json.WriteString("name", name);
        if (message.ToolCallId is { } answered) json.WriteString("tool_call_id", answered);
        if (message.Weight is { } weight) json.WriteNumber("weight", weight);
        if (message.ToolCalls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in message.ToolCalls)
            {
                json.WriteStartObject();
                json.WriteString("id", call.Id);
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                json.WriteString("arguments", call.Arguments);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
