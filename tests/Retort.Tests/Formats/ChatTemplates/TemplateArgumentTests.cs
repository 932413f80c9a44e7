using System.Text.Json;
using Retort.Formats.ChatTemplates;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.ChatTemplates;

/// <summary>What filters, methods and tests make of their arguments: as Jinja 3.1.6 with transformers' options, or refused.</summary>
public sealed class TemplateArgumentTests
{
    [Theory]
    [InlineData("{{ 2.3|round(0, 'ceil') }} {{ 1234|round(-2) }} {{ 2|round }} {{ 2.5|round }} {{ 2.35|round(1, 'floor') }} {{ 1250.0|round(-2) }}",
        "3.0 1200 2 2.0 2.3 1200.0")]
    [InlineData("{{ 'ff'|int(0, 16) }} {{ '-0x1F'|int(base=16) }} {{ 'zz'|int(7, 16) }} {{ '1,000'|int }} {{ '1,000'|float }} {{ ' 1e3 '|float }}",
        "255 -31 7 0 0.0 1000.0")]
    [InlineData("{{ ' a b  c '.split(none, 1) }}{{ ' a b  c '.rsplit(none, 1) }}{{ 'a b c'.split(maxsplit=0) }}{{ 'a,b,c'.split(',', 1) }}",
        "['a', 'b  c '][' a b', 'c']['a b c']['a', 'b,c']")]
    [InlineData("{{ 'a\\nb\\r\\n\\rc'.splitlines(true) }}{{ 'a\\nb\\n'.splitlines() }}",
        "['a\\n', 'b\\r\\n', '\\r', 'c']['a', 'b']")]
    [InlineData("{{ {'b': 1, 'A': 2, 'c': 0}|dictsort(by='value') }}{{ {'b': 1, 'A': 2}|dictsort(true) }}{{ {'b': 1, 'A': 2}|dictsort(reverse=true) }}{{ {'b': 1, 'A': 2}|dictsort }}",
        "[('c', 0), ('b', 1), ('A', 2)][('A', 2), ('b', 1)][('b', 1), ('A', 2)][('A', 2), ('b', 1)]")]
    [InlineData("{{ {'b': [1], 'a': 'ä'}|tojson(sort_keys=true) }}{{ [1, 2]|tojson(2) }}{{ 'ä'|tojson(true) }}{{ {'a': [1, 2]}|tojson(separators=(',', ':')) }}{{ [1, [2]]|tojson(indent=20) }}",
        "{\"a\": \"ä\", \"b\": [1]}[1, 2]\"\\u00e4\"{\"a\":[1,2]}[\n                    1,\n                    [\n                                        2\n                    ]\n]")]
    [InlineData("{{ ['b', 'A', 'a', 'B']|sort }}{{ ['b', 'A', 'a', 'B']|sort(reverse=true) }}{{ ['b', 'A', 'a']|sort(case_sensitive=true) }}",
        "['A', 'a', 'b', 'B']['b', 'B', 'A', 'a']['A', 'a', 'b']")]
    [InlineData("{{ ['b', 'B', 'a']|unique|list }}{{ ['b', 'B']|unique(true)|list }}{{ ['b', 'A']|min }}{{ ['b', 'C']|max }}{{ ['b', 'A']|max(true) }}{{ []|max }}",
        "['b', 'a']['b', 'B']ACb")]
    [InlineData("{{ [{'n': 3}, {'n': 1}]|min(attribute='n') }}{{ [{'n': 3}, {'n': 1}]|sum('n', 10) }}{{ [{'n': 'A'}, {'n': 'a'}]|unique(attribute='n')|list }}",
        "{'n': 1}14[{'n': 'A'}]")]
    [InlineData("{{ ('a'|indent(100, true))|length }} {{ 'a\\nb'|indent('--') }}",
        "101 a\n--b")]
    [InlineData("{{ \"it's 3rd-place (of ALL)\"|title }} {{ \"it's\"|upper|title }}",
        "It's 3rd-Place (Of All) It's")]
    [InlineData("{{ 'abcabc'|replace('b', 'x', 1) }}{{ 'abcabc'|replace(old='b', new='y') }}{{ 'abc'.replace('b', 'z', 1) }}",
        "axcabcaycaycazc")]
    [InlineData("{{ [1] is sameas [1] }} {{ none is sameas none }} {{ 1 is sameas true }} {{ 'a' is sameas 'a' }}",
        "False True False True")]
    [InlineData("{{ 9007199254740993 == 9007199254740992 }} {{ 9007199254740993 > 9007199254740992 }} {{ -9223372036854775807 - 1 }}",
        "False True -9223372036854775808")]
    [InlineData("{% for i in [1] %}{{ loop.depth }}{{ loop.depth0 }}{% endfor %}{% set x = 1 %}{% for i in [] %}{% else %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}",
        "1021")]
    [InlineData("{% raw %}\n a{% endraw %}\nb", "\n ab")]
    public void TheyAreReadAsJinjaReadsThem(string template, string rendered) => Assert.Equal(rendered, Render(template));

    [Theory]
    [InlineData("{{ 'abc'.find('a', 1) }}", "2 arguments for the method 'find'")]
    [InlineData("{{ 'abc'.startswith('a', 1) }}", "2 arguments for the method 'startswith'")]
    [InlineData("{{ 'abc'.upper(1) }}", "1 arguments for the method 'upper'")]
    [InlineData("{{ 'abc'|upper(1) }}", "1 arguments for the filter 'upper'")]
    [InlineData("{{ 'abc'|trim(letters='a') }}", "the filter 'trim' has no parameter 'letters'")]
    [InlineData("{{ 'abc'|replace('a', 'b', old='c') }}", "the filter 'replace' gets 'old' twice")]
    [InlineData("{{ [1]|select('odd', 2) }}", "1 arguments for the test 'odd'")]
    [InlineData("{{ [1]|map('upper', 2) }}", "1 arguments for the filter 'upper'")]
    [InlineData("{{ [1]|map(attribute='a', otherwise=2) }}", "the filter 'map' has no parameter 'otherwise'")]
    [InlineData("{{ [1]|select(1) }}", "expected a test's name")]
    [InlineData("{{ 1 is defined(2) }}", "1 arguments for the test 'defined'")]
    [InlineData("{{ range(3, until=2) }}", "range has no parameter 'until'")]
    [InlineData("{{ namespace(1) }}", "1 arguments for namespace")]
    [InlineData("{% macro f(a) %}{% endmacro %}{{ f(1, a=2) }}", "macro 'f' gets 'a' twice")]
    [InlineData("{{ 'a'|round }}", "the filter 'round' got a text")]
    [InlineData("{{ 1|round(99) }}", "rounded to 99 digits")]
    [InlineData("{{ 1.5|round(0, 'up') }}", "expected common, ceil or floor")]
    [InlineData("{{ '7'|int(0, 1) }}", "a number of base 1")]
    [InlineData("{{ [1]|tojson(indent=65) }}", "expected at most 64 blanks")]
    [InlineData("{{ {'a': 1}|dictsort(by='x') }}", "expected key or value")]
    [InlineData("{{ 'a b'.split(none, 'x') }}", "'maxsplit' is a text")]
    [InlineData("{{ 'a'|indent(99999999999) }}", "characters")]
    [InlineData("{{ -(-9223372036854775807 - 1) }}", "more than 64 bits")]
    public void OthersAreRefused(string template, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => Render(template)).Message, StringComparison.Ordinal);

    private static string Render(string template) =>
        ChatTemplate.Parse("template", template).Render(new Dictionary<string, JsonElement>(), TimeProvider.System);
}
