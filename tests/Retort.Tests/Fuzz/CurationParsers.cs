using System.Text;
using System.Text.Json;
using Retort.Data.Conversations;
using Retort.Data.Conversations.Filters;
using Retort.Data.Conversations.Redaction;
using Retort.Grading;
using Retort.Grading.Judges;
using Retort.Grading.Schemas;
using Retort.Tensors;
using Retort.Tests.Distillation.Data.Conversations;
using Retort.Tests.Distillation.Grading;

namespace Retort.Tests.Fuzz;

/// <summary>Conversations that others recorded, what is wanted of them, and how answers are graded.</summary>
internal static class CurationParsers
{
    private static readonly string[] rows =
    [
        """{"id": 1, "messages": [{"role": "user", "content": [{"type": "text", "text": "a@b.org"}]}, {"role": "assistant", "content": null, "weight": 0, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"x\": \"sk-abcdefghijklmnopqrst1\"}"}}]}], "tools": [], "metadata": {"k": 1}, "ts": 1764000000, "label": true}""",
        """{"prompt": "+49 171 1234567", "completion": "2"}""",
        """{"instruction": "a", "input": "b", "output": "c", "history": [["x", "y"]], "system": "s"}""",
        """{"conversations": [{"from": "human", "value": "a"}, {"from": "function_call", "value": "{\"name\": \"f\", \"arguments\": {}}"}], "tools": "[]"}""",
        """{"schemaVersion": "bedrock-conversation-2024", "system": [{"text": "s"}], "messages": [{"role": "user", "content": [{"text": "a"}]}]}""",
        """{"schemaType": "ModelInvocationLog", "modelId": "m", "timestamp": "2026-11-01T00:00:00Z", "input": {"inputBodyJson": {"messages": [{"role": "user", "content": [{"text": "a"}]}]}}, "output": {"outputBodyJson": {"output": {"message": {"role": "assistant", "content": [{"text": "b"}]}}}}}""",
        """{"object": "chat.completion", "created": 1764000000, "messages": [{"role": "user", "content": "a"}], "choices": [{"message": {"role": "assistant", "content": "b"}}]}""",
        """{"input": {"messages": [{"role": "user", "content": "a"}]}, "preferred_output": [{"role": "assistant", "content": "b"}], "non_preferred_output": [{"role": "assistant", "content": "c"}]}""",
        """{"conversations": [{"from": "human", "value": "a"}], "chosen": {"from": "gpt", "value": "b"}, "rejected": {"from": "gpt", "value": "c"}}""",
        """[{"custom_id": "1", "body": {"messages": [{"role": "user", "content": "a"}]}}, {"custom_id": "2", "body": {"messages": [{"role": "user", "content": "b"}]}}]""",
    ];

    private static readonly string[] graders =
    [
        """{"type": "string_check", "name": "a", "input": "{{sample.output_text}}", "reference": "{{item.r[0].x}}", "operation": "like"}""",
        """{"type": "numeric", "input": "{{sample.output_text}}", "reference": "{{item.n}}", "absolute_tolerance": 0.5, "take": "first"}""",
        """{"type": "json_schema", "input": "{{sample.output_text}}", "schema": {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}, "required": ["a"], "anyOf": [{"minProperties": 1}]}}""",
        """{"type": "multi", "graders": {"a": {"type": "text_similarity", "input": "{{sample.output_text}}", "reference": "{{item.n}}", "evaluation_metric": "meteor"}, "b": {"type": "text_similarity", "input": "x y", "reference": "{{item.n}}", "evaluation_metric": "bleu"}}, "calculate_output": "max(0, min(1, (a + b) / 2))"}""",
        """{"type": "label_model", "model": "m", "input": [{"role": "user", "content": "{{item.n}}"}], "labels": ["a", "b"], "passing_labels": ["a"]}""",
        """{"type": "score_model", "model": "m", "input": "{{item.n}}", "range": [0, 5], "pass_threshold": 3}""",
    ];

    private static readonly string[] schemas =
    [
        """{"type": ["object", "null"], "properties": {"a": {"type": "string", "pattern": "^[a-c]+$", "maxLength": 5}, "b": {"$ref": "#/$defs/n"}}, "$defs": {"n": {"type": "number", "multipleOf": 0.5, "enum": [1, 2.5]}}, "additionalProperties": false}""",
        """{"type": "array", "prefixItems": [{"const": 1}], "items": {"oneOf": [{"type": "string"}, {"not": {"type": "null"}}]}, "minItems": 1, "uniqueItems": true}""",
    ];

    private static readonly Conversation known = Rows.Of(rows[0]);

    public static IReadOnlyList<ParserCase> All { get; } =
    [
        ParserCase.OfFile("conversations", [.. rows.Select(Bytes)], "rows.jsonl", Read)
            .With("\n", "{", "}", "[", "]", "\"", "null", "\\ud800", "\"messages\":", "\"role\":", "\\u0000", "\"chosen\":", "\"label\":", "\uFEFF", "1e999"),
        new ParserCase("filter", [Bytes("id == '1' && metadata.k >= 1"), Bytes("!(turns in (2, 3)) or ts > 2026-11-01 && label"), Bytes("metadata['k'] not in (1.5, \"x\")")],
            bytes => FilterExpression.Parse(Encoding.UTF8.GetString(bytes)).Holds(known)).With("(", ")", "!", "&&", "||", "in", "not", "'", "\"", "\\", ".", "[", "2026-11-01", "null", "==", "1e999"),
        new ParserCase("grader", [.. graders.Select(Bytes)], Grade)
            .With("{{", "}}", "item.", "sample.", "[0]", "null", "[", "]", "{", "}", "\"type\":", "\"range\":", "\\ud800", "1e999", "+", "(", ")"),
        new ParserCase("formula", [Bytes("0.5 * a + max(b, 1, -a) / sqrt(2)"), Bytes("floor(1e2 - .5) - (a)")], bytes =>
        {
            var formula = GraderFormula.Parse("f", Encoding.UTF8.GetString(bytes));
            formula.Of(formula.Names.ToDictionary(name => name, name => (double)name.Length));
        })
            .With("(", ")", "+", "-", "*", "/", ",", "min(", "log(", "1e", ".", "a", "_"),
        new ParserCase("json schema", [.. schemas.Select(Bytes)], Hold).With("{", "}", "[", "]", "null", "\"$ref\": \"#\",", "\"pattern\": \"(a+)+$\",", "\"type\":", "{1000}", "true", "-1", "1e999"),
        ParserCase.OfFile("graded items", [Bytes("{\"id\": \"1\", \"item\": {\"a\": 1}, \"sample\": {\"output_text\": \"x\"}}\n{\"id\": 2, \"output_text\": \"y\"}\n")], "items.jsonl",
            path => GradedItemReader.Read(path)).With("null", "[]", "\"id\":", "\n", "{}"),
        new ParserCase("judge's answer", [Bytes("<think>\n3</think>\n```json\n{\"result\": 4.5}\n```"), Bytes("{\"score\": \"2\"}")], bytes =>
            _ = JudgeReply.Score(Encoding.UTF8.GetString(bytes)) ?? throw new RetortException("reply", "holds no score.")).With("<think>", "</think>", "```", "{", "}", "7", "\"result\":"),
    ];

    /// <summary>What is set aside counts as refused; the rest is redacted and written, as curation does.</summary>
    private static void Read(string path)
    {
        var bad = 0;
        foreach (var (conversation, aside) in ConversationReader.Open(path).Read(new ConversationCheck(100_000)))
        {
            if (aside is not null) bad++;
            else Rows.Json(new Redactor().Redact(conversation!));
            if (aside?.Text is { } text) Redactor.RedactAlone(LooseText.Of(text));
        }
        if (bad > 0) throw new RetortException(path, $"{bad} rows are set aside.");
    }

    private static void Grade(byte[] bytes)
    {
        var item = Graded.Item("a 1 {\"a\": 2}", """{"n": 1, "r": [{"x": "a"}]}""");
        var grader = GraderReader.Parse("g", Encoding.UTF8.GetString(bytes), new ScriptedJudge("a", "a", "3"));
        grader.Prepare([item]);
        grader.GradeAsync(item, CancellationToken.None).GetAwaiter().GetResult();
    }

    private static void Hold(byte[] bytes)
    {
        if (GraderTemplate.Parsed(Encoding.UTF8.GetString(bytes)) is not { } json) throw new RetortException("s", "is no JSON.");
        var schema = new JsonSchema("s", json);
        foreach (var value in new[] { "{\"a\": \"abc\", \"b\": 2.5}", "[1, \"x\", {}]", "null" }) schema.Holds(JsonSerializer.Deserialize<JsonElement>(value));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
