using Retort.Data.Conversations;
using Xunit;

namespace Retort.Tests.Distillation.Data.Conversations;

/// <summary>Each shape, by rows as their makers document them.</summary>
public sealed class ConversationShapesTests
{
    [Theory]
    [InlineData("OpenAI chat", """{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, {"role": "assistant", "content": "c", "weight": 0}]}""",
        "system: s | user: ab | assistant: c")]
    [InlineData("OpenAI chat", """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}}]}, {"role": "tool", "tool_call_id": "1", "content": "2"}]}""",
        "user: a | assistant: (1 f {\"x\":1}) | tool: 2")]
    [InlineData("OpenAI chat", """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": null, "function_call": {"name": "f", "arguments": {"x": 1}}}, {"role": "function", "name": "f", "content": "2"}]}""",
        "user: a | assistant: ( f {\"x\": 1}) | tool: 2")]
    [InlineData("prompt and completion", """{"prompt": "a", "completion": "b"}""", "user: a | assistant: b")]
    [InlineData("prompt and completion", """{"question": "a", "answer": "b"}""", "user: a | assistant: b")]
    [InlineData("prompt and completion", """{"input_text": "a", "system": "s"}""", "system: s | user: a")]
    [InlineData("Alpaca", """{"instruction": "a", "input": "", "output": "b"}""", "user: a | assistant: b")]
    [InlineData("Alpaca", """{"instruction": "a", "input": "i", "response": "b", "history": [["x", "y"]]}""", "user: x | assistant: y | user: a\n\ni | assistant: b")]
    [InlineData("ShareGPT", """{"conversations": [{"from": "human", "value": "a"}, {"from": "function_call", "value": "{\"name\": \"f\", \"arguments\": {\"x\": 1}}"}, {"from": "observation", "value": "2"}, {"from": "gpt", "value": "b"}], "system": "s", "tools": "[]"}""",
        "system: s | user: a | assistant: (call_1 f {\"x\": 1}) | tool: 2 | assistant: b")]
    [InlineData("bedrock-conversation-2024", """{"schemaVersion": "bedrock-conversation-2024", "system": [{"text": "s"}], "messages": [{"role": "user", "content": [{"text": "a"}]}, {"role": "assistant", "content": [{"text": "b"}]}]}""",
        "system: s | user: a | assistant: b")]
    [InlineData("Bedrock invocation log", """{"schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-11-01T00:00:00Z", "requestId": "r", "operation": "Converse", "modelId": "m", "input": {"inputBodyJson": {"messages": [{"role": "user", "content": [{"text": "a"}]}]}}, "output": {"outputBodyJson": {"output": {"message": {"role": "assistant", "content": [{"text": "b"}]}}}}}""",
        "user: a | assistant: b")]
    [InlineData("Bedrock invocation log", """{"schemaType": "ModelInvocationLog", "modelId": "m", "input": {"inputBodyJson": {"system": "s", "messages": [{"role": "user", "content": "a"}]}}, "output": {"outputBodyJson": {"content": [{"type": "text", "text": "b"}]}}}""",
        "system: s | user: a | assistant: b")]
    [InlineData("Bedrock invocation log", """{"schemaType": "ModelInvocationLog", "modelId": "m", "input": {"inputBodyJson": {"prompt": "a"}}, "output": {"outputBodyJson": {"generation": "b"}}}""", "user: a | assistant: b")]
    [InlineData("Bedrock invocation log", """{"schemaType": "ModelInvocationLog", "modelId": "m", "input": {"inputBodyJson": {"inputText": "a"}}, "output": {"outputBodyJson": {"results": [{"outputText": "b"}]}}}""", "user: a | assistant: b")]
    [InlineData("stored completions", """{"id": "c", "object": "chat.completion", "created": 1764000000, "model": "m", "metadata": {"task": "t"}, "messages": [{"role": "user", "content": "a"}], "choices": [{"index": 0, "message": {"role": "assistant", "content": "b"}, "finish_reason": "stop"}]}""",
        "user: a | assistant: b")]
    [InlineData("stored completions", """{"timestamp": 1764000000, "request": {"model": "m", "messages": [{"role": "user", "content": "a"}]}, "response": {"id": "c", "choices": [{"message": {"role": "assistant", "content": "b"}, "finish_reason": "stop"}]}}""",
        "user: a | assistant: b")]
    [InlineData("OpenAI batch requests", """{"custom_id": "r", "body": {"messages": [{"role": "user", "content": "a"}]}}""", "user: a")]
    public void ARowIsReadByItsShape(string shape, string row, string told)
    {
        var line = Rows.Line(row);
        Assert.Equal(shape, ConversationShapes.Of(line.Value)?.Name);
        Assert.Equal(told, Rows.Told(Rows.Of(row)));
    }

    [Theory]
    [InlineData("OpenAI preference pairs", """{"input": {"messages": [{"role": "user", "content": "a"}], "tools": []}, "preferred_output": [{"role": "assistant", "content": "b"}], "non_preferred_output": [{"role": "assistant", "content": "c"}]}""")]
    [InlineData("chosen and rejected", """{"conversations": [{"from": "human", "value": "a"}], "chosen": {"from": "gpt", "value": "b"}, "rejected": {"from": "gpt", "value": "c"}}""")]
    [InlineData("chosen and rejected", """{"prompt": "a", "chosen": "b", "rejected": "c"}""")]
    [InlineData("chosen and rejected", """{"messages": [{"role": "user", "content": "a"}], "chosen": [{"role": "assistant", "content": "b"}], "rejected": [{"role": "assistant", "content": "c"}]}""")]
    [InlineData("chosen and rejected", """{"instruction": "a", "input": "", "chosen": "b", "rejected": "c"}""")]
    public void APairHasTwoAnswers(string shape, string row)
    {
        Assert.Equal(shape, ConversationShapes.Of(Rows.Line(row).Value)?.Name);
        var pair = Rows.Of(row);
        Assert.Equal(("user: a", "assistant: b", "assistant: c"), (Rows.Told(pair), Rows.Told(pair.Preferred!), Rows.Told(pair.NonPreferred!)));
        Assert.Equal(("a", "b"), (Assert.Single(pair.Prompt).Content, pair.Answer!.Content));
    }

    [Fact]
    public void WhatElseARowHoldsStays()
    {
        var stored = Rows.Of("""{"id": "c", "object": "chat.completion", "created": 1764000000, "model": "m", "metadata": {"task": "t"}, "messages": [{"role": "user", "content": "a"}], "choices": [{"message": {"role": "assistant", "content": "b"}, "finish_reason": "stop"}]}""");
        Assert.Equal(("c", "m", "stop", "t"), (stored.Id, stored.Fields["model"].GetString(), stored.Fields["finish_reason"].GetString(),
            stored.Fields["metadata"].GetProperty("task").GetString()));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1764000000), stored.Time);
        var chat = Rows.Of("""{"id": 7, "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}], "tools": [{"type": "function"}], "label": true, "grade": 0.5, "ts": "2026-11-01"}""");
        Assert.Equal(("7", true, 0.0, 0.5, 1), (chat.Id, chat.Label, chat.Messages[1].Weight, chat.Fields["grade"].GetDouble(),
            chat.Tools?.GetArrayLength()));
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), chat.Time);
    }

    [Fact]
    public void CallsAndTheirAnswersFindEachOther()
    {
        var row = Rows.Of("""{"conversations": [{"from": "human", "value": "a"}, {"from": "function_call", "value": "[{\"name\": \"f\"}, {\"name\": \"g\"}]"}, {"from": "observation", "value": "1"}, {"from": "observation", "value": "2"}, {"from": "function_call", "value": "{\"name\": \"h\"}"}, {"from": "observation", "value": "3"}, {"from": "gpt", "value": "b"}]}""");
        Assert.Equal(["call_1", "call_2", "call_3"], row.Messages.SelectMany(message => message.ToolCalls).Select(call => call.Id));
        Assert.Equal(["call_1", "call_2", "call_3"], row.Messages.Where(message => message.Role == "tool").Select(message => message.ToolCallId));
    }

    /// <summary>One question with three answers is three conversations, and none is lost.</summary>
    [Fact]
    public void EachChoiceAndEachInstanceIsAConversation()
    {
        var row = Rows.Line("""{"id": "c", "object": "chat.completion", "messages": [{"role": "user", "content": "a"}], "choices": [{"message": {"role": "assistant", "content": "b"}}, {"message": {"role": "assistant", "content": "d"}}]}""");
        Assert.Equal(["c#1 user: a | assistant: b", "c#2 user: a | assistant: d"],
            ConversationShapes.Of(row.Value)!.Read(row).Select(one => $"{one.Id} {Rows.Told(one)}"));
        row = Rows.Line("""{"id": "s", "instruction": "a", "instances": [{"input": "", "output": "b"}, {"input": "i", "output": "d"}]}""");
        Assert.Equal(["s#1 user: a | assistant: b", "s#2 user: a\n\ni | assistant: d"],
            ConversationShapes.Of(row.Value)!.Read(row).Select(one => $"{one.Id} {Rows.Told(one)}"));
    }

    [Theory]
    [InlineData("""{"messages": [{"role": "robot", "content": "a"}]}""", "messages[0].role is no role. expected system, developer, user, assistant or tool.")]
    [InlineData("""{"messages": [{"role": "user", "content": 5}]}""", "messages[0].content is a number. expected text.")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}""", "messages[0].content[0] is no text. expected text: pictures and sounds are not read.")]
    [InlineData("""{"messages": [{"role": "user"}]}""", "messages[0] has no \"content\". expected text, or tool calls of an assistant.")]
    [InlineData("""{"messages": [{"role": "user", "content": "a", "weight": 1}]}""", "messages[0] is of user and has tool calls or a weight. expected them at an assistant's message only.")]
    [InlineData("""{"messages": [{"role": "assistant", "content": "a", "weight": 0.5}]}""", "messages[0].weight is neither 0 nor 1. expected 0 (read only) or 1 (learnt).")]
    [InlineData("""{"messages": []}""", "messages is an empty list. expected at least one message.")]
    [InlineData("""{"messages": "a"}""", "messages is text. expected a list.")]
    [InlineData("""{"prompt": "a", "completion": 7}""", "completion is a number. expected text.")]
    [InlineData("""{"prompt": "a", "completion": null}""", "the row has no \"completion\". expected \"completion\".")]
    [InlineData("""{"conversations": [{"from": "dog", "value": "a"}]}""", "conversations[0].from is nobody known. expected human, gpt, system, function_call or observation.")]
    [InlineData("""{"conversations": [{"from": "function_call", "value": "f(1)"}]}""", "conversations[0].value is text that holds no JSON. expected JSON as text.")]
    [InlineData("""{"schemaVersion": "bedrock-conversation-2031", "messages": []}""", "schemaVersion is another version. expected \"bedrock-conversation-2024\".")]
    [InlineData("""{"object": "chat.completion", "choices": []}""", "the row has no input messages: the list of stored completions leaves them out. expected \"messages\" joined to it from …/chat/completions/{id}/messages.")]
    [InlineData("""{"schemaType": "ModelInvocationLog", "modelId": "m", "input": {"inputBodyS3Path": "s3://b"}}""", "input has no inputBodyJson. expected the body in the line: large ones are logged in a file of their own.")]
    [InlineData("""{"schemaType": "ModelInvocationLog", "modelId": "m", "input": {"inputBodyJson": {"prompt": "a"}}, "output": {"outputBodyJson": [{}]}}""", "output.outputBodyJson is no object. expected a body in one piece: answers that were streamed are logged in pieces, and are not read.")]
    [InlineData("""{"input": {"messages": [{"role": "user", "content": "a"}]}, "preferred_output": []}""", "preferred_output is an empty list. expected at least one message.")]
    [InlineData("""{"prompt": "a", "chosen": {"from": "human", "value": "b"}, "rejected": "c"}""", "chosen is said by user. expected an assistant's answer.")]
    public void WhatIsWrongInARowIsNamed(string row, string sentence)
    {
        var error = Assert.Throws<ConversationException>(() => Rows.Of(row));
        Assert.Equal(("f.jsonl:1", SetAside.WrongShape, sentence), (error.Location, error.Reason, $"{error.What} {error.Expected}"));
    }

    /// <summary>What is written is read again as the same, by the shape it is written in.</summary>
    [Theory]
    [InlineData("""{"id":"7","messages":[{"role":"user","content":"a","name":"n"},{"role":"assistant","content":null,"reasoning_content":"r","weight":0,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","content":"2","tool_call_id":"1"}],"tools":[{"type":"function"}],"label":false,"grade":0.5,"metadata":{"k":"v"}}""")]
    [InlineData("""{"input":{"messages":[{"role":"user","content":"a"}],"tools":[]},"preferred_output":[{"role":"assistant","content":"b"}],"non_preferred_output":[{"role":"assistant","content":"c"}],"split":"x"}""")]
    public void WhatIsWrittenIsReadAgain(string row) => Assert.Equal(row, Rows.Json(Rows.Of(row)));
}
