using System.Text.Json;
using Retort.Grading.Schemas;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Grading.Schemas;

public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("""{"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}, "required": ["a"], "additionalProperties": false}""",
        """{"a": 1}|{"a": 2.0}""", """{"a": 0}|{"a": 1.5}|{}|{"a": 1, "b": 2}|[1]|"a" """)]
    [InlineData("""{"type": ["string", "null"], "minLength": 2, "maxLength": 3, "pattern": "^a"}""", """null|"ab"|"a🙂" """, """ "a"|"abcd"|"ba"|5""")]
    [InlineData("""{"enum": [1, "x", {"a": [1]}]}""", """1|1.0|"x"|{"a": [1]}""", """2|"y"|{"a": [2]}""")]
    [InlineData("""{"const": {"a": 1, "b": 2}}""", """{"b": 2, "a": 1}""", """{"a": 1}""")]
    [InlineData("""{"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "number"}, "minItems": 1, "maxItems": 3, "uniqueItems": true}""",
        """["a"]|["a", 1, 2]""", """[]|[1]|["a", "b"]|["a", 1, 1]|["a", 1, 1.0]|["a", 1, 2, 3]""")]
    [InlineData("""{"anyOf": [{"type": "string"}, {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}]}""", """ "a"|0.5""", """0|1|true""")]
    [InlineData("""{"oneOf": [{"multipleOf": 2}, {"multipleOf": 3}]}""", "2|3|4", "6|5")]
    [InlineData("""{"allOf": [{"minimum": 1}, {"maximum": 2}], "not": {"const": 2}}""", "1|1.5", "0|2|3")]
    [InlineData("""{"minProperties": 1, "maxProperties": 1, "additionalProperties": {"type": "string"}}""", """{"a": "x"}""", """{}|{"a": 1}|{"a": "x", "b": "y"}""")]
    [InlineData("""{"$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "required": ["v"]}}, "$ref": "#/$defs/node"}""",
        """{"v": 1, "next": {"v": 2}}""", """{"v": 1, "next": {}}""")]
    [InlineData("true", "1|{}", "")]
    [InlineData("false", "", "1|{}")]
    public void ItAllowsAndForbids(string schema, string allowed, string forbidden)
    {
        var made = new JsonSchema("s", Json(schema));
        Assert.All(allowed.Split('|', StringSplitOptions.RemoveEmptyEntries), value => Assert.True(made.Holds(Json(value)), value));
        Assert.All(forbidden.Split('|', StringSplitOptions.RemoveEmptyEntries), value => Assert.False(made.Holds(Json(value)), value));
    }

    [Theory]
    [InlineData("""{"properties": {"a": {"patternProperties": {}}}}""", "s.properties.a.patternProperties", "the keyword \"patternProperties\" is not held here.")]
    [InlineData("""{"type": "text"}""", "s.type", "it is something else.")]
    [InlineData("""{"minLength": -1}""", "s.minLength", "it is something else.")]
    [InlineData("""{"multipleOf": 0}""", "s.multipleOf", "it is something else.")]
    [InlineData("""{"pattern": "(?=a)"}""", "s.pattern", "this regular expression cannot be used.")]
    [InlineData("""{"$ref": "http://x/y"}""", "s.$ref", "it is something else.")]
    [InlineData("""{"$ref": "#/$defs/none"}""", "s.$ref", "it is something else.")]
    [InlineData("""{"$defs": {"a": {"if": {}}}}""", "s.$defs.a.if", "the keyword \"if\" is not held here.")]
    [InlineData("""{"anyOf": []}""", "s.anyOf", "it is something else.")]
    [InlineData("7", "s", "this is no schema.")]
    public void WhatIsNotHeldIsRefused(string schema, string where, string what)
    {
        var error = Assert.Throws<RetortException>(() => new JsonSchema("s", Json(schema)));
        Assert.Equal((where, what), (error.Location, error.What));
    }

    [Fact]
    public void ASchemaThatRefersToItselfEnds()
    {
        Assert.Throws<RetortException>(() => new JsonSchema("s", Json("""{"$ref": "#"}""")).Holds(Json("1")));
        var branching = """{"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}, {"$ref": "#/$defs/b"}]}, "b": {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"}""";
        Assert.Throws<RetortException>(() => new JsonSchema("s", Json(branching)).Holds(Json("1")));
    }

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}
