using System.Diagnostics;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Retort.Formats.ChatTemplates;
using Retort.Testing;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.ChatTemplates;

/// <summary>Templates come with models, and models from strangers: what they may not do, and that it costs little to find out.</summary>
public sealed class HostileTemplateTests
{
    [Theory]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}", "steps")]
    [InlineData("{% for i in range(100001) %}{% endfor %}", "a range of 100001 numbers")]
    [InlineData("{{ 'x' * 99999999999 }}", "characters")]
    [InlineData("{% set ns = namespace(s='xxxxxxxxxxxxxxxx') %}{% for i in range(1000) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", "characters")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for i in range(1000) %}{% set ns.s = ns.s + ns.s %}{% endfor %}", "steps")]
    [InlineData("{% set ns = namespace(s='ab') %}{% for i in range(1000) %}{% set ns.s = ns.s.replace('b', 'bbbbbbbb') %}{% endfor %}", "characters")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "nested more than")]
    [InlineData("{% macro f(n) %}{{ f(n + 1) ~ f(n + 1) }}{% endmacro %}{{ f(0) }}", "nested more than")]
    [InlineData("{{ 2 ** 999999999 }}", "more than 64 bits")]
    [InlineData("{{ 9223372036854775807 + 1 }}", "more than 64 bits")]
    [InlineData("{{ 99999999999999999999 }}", "more than 64 bits")]
    [InlineData("{{ (-9223372036854775807 - 1) // -1 }}", "more than 64 bits")]
    [InlineData("{{ [1, 2][::0] }}", "steps of 0")]
    [InlineData("{{ range(1, 5, 0) }}", "steps of 0")]
    [InlineData("{{ 'a'.replace('', 'b') }}", "an empty text")]
    [InlineData("{{ 'a'.split('') }}", "an empty one")]
    [InlineData("{{ ''.__class__.__mro__[1].__subclasses__() }}", "has no '__mro__'")]
    [InlineData("{{ messages.__init__ }}{{ self.x }}", "has no 'x'")]
    [InlineData("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "has no '__init__'")]
    [InlineData("{{ 'a'.GetType() }}", "cannot be called")]
    [InlineData("{{ 'a'.format(x) }}", "cannot be called")]
    [InlineData("{{ range.Method }}{{ range.x.y }}", "has no 'y'")]
    [InlineData("{% import 'os' as os %}", "there is no statement 'import'")]
    [InlineData("{% include '/etc/passwd' %}", "there is no statement 'include'")]
    [InlineData("{% set messages.x = 1 %}", "is no namespace")]
    [InlineData("{{ messages|attr('x') }}", "there is no filter 'attr'")]
    [InlineData("{{ strftime_now('%Q') }}", "the time format has %Q")]
    [InlineData("{{ namespace() }}", "cannot be printed")]
    [InlineData("{{ range|tojson }}", "cannot be written as JSON")]
    [InlineData("{{ loop.index }}{% break %}", "outside of a loop")]
    [InlineData("{{ raise_exception('no') }}", "the template refuses these messages: no")]
    public void WhatItMayNotDo(string template, string says)
    {
        var started = Stopwatch.GetTimestamp();
        var error = Record.Exception(() => Render(template));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
        Assert.StartsWith("template:1:", Assert.IsType<FormatException>(error).Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NestingAndLengthAreBounded()
    {
        foreach (var (open, close) in ((string, string)[])[("(", ")"), ("[", "]"), ("not ", ""), ("-", ""), ("{'a': ", "}"), ("x[", "]"), ("f(", ")")])
            Refuses("{{ " + string.Concat(Enumerable.Repeat(open, 5000)) + "1" + string.Concat(Enumerable.Repeat(close, 5000)) + " }}", "nested more than");
        Refuses(string.Concat(Enumerable.Repeat("{% if x %}", 5000)), "nested more than");
        Refuses("{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 5000)) + " }}", "nested more than");
        Refuses($"{{{{ 'a'|map({string.Join(", ", Enumerable.Repeat("'map'", 200))})|list }}}}", "the filter 'map' got none");
        Refuses($"{{{{ f({string.Join(", ", Enumerable.Repeat("1", 300))}) }}}}", "more than 255 arguments");
        Refuses($"{{% macro f({string.Join(", ", Enumerable.Range(0, 300).Select(i => $"a{i}"))}) %}}{{% endmacro %}}", "255 parameters at most");
        Refuses("{% set ns = namespace(a=[], b=[]) %}{% for i in range(2000) %}{% set ns.a = [ns.a] %}{% set ns.b = [ns.b] %}{% endfor %}"
            + "{{ ns.a == ns.b }}", "nested more than");
        Refuses("{% set ns = namespace(a=[]) %}{% for i in range(2000) %}{% set ns.a = [ns.a] %}{% endfor %}{{ ns.a }}", "nested more than");
        Refuses("{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{{ s|length }}{% endfor %}", "steps");
        Refuses("{% set s = 'x' * 1000000 %}{% set l = [s, s, s, s, s, s, s, s, s, s] %}{{ (l + l + l + l)|string|length }}", "characters");
        foreach (var free in (string[])["{{ {s: 1}|string|length }}", "{{ {s: 1}|tojson|length }}"])
            Refuses("{% set s = 'x' * 1000000 %}{% for i in range(1000) %}" + free + "{% endfor %}", "characters");
        foreach (var free in (string[])["{% set m = {s: 1} %}", "{{ {}[s] }}", "{{ {}.get(s) }}", "{{ s in {} }}", "{% set b = m == n %}"])
            Refuses("{% set s = 'x' * 1000000 %}{% set m = {s: 1} %}{% set n = {s: 1} %}{% for i in range(1000) %}" + free + "{% endfor %}", "steps");
        foreach (var search in (string[])["{{ p in s }}", "{{ s.find(p) }}", "{{ s.rfind(p) }}", "{{ s.count(p) }}", "{{ s.replace(p, '') }}", "{{ s.split(p) }}", "{{ s|replace(p, '') }}"])
            Refuses("{% set s = 'x' * 500000 %}{% set p = 'x' * 250000 ~ 'y' %}" + search, "steps");
        Refuses(new string('x', 2_000_000), "a template of 2000000 characters");
        Assert.Equal("51", Render("{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 50)) + " }}"));
    }

    /// <summary>An error names the line and column in the template.</summary>
    [Fact]
    public void ErrorsSayWhere() => Assert.StartsWith("template:3:14", Assert.Throws<FormatException>(() =>
        Render("a\n{% if true %}\nbc {{ nothing.at_all }}{% endif %}")).Message, StringComparison.Ordinal);

    /// <summary>Templates of the fixtures with letters changed, taken away and put in: they render or are refused.</summary>
    [Fact]
    public void DamagedTemplatesRenderOrAreRefused()
    {
        var templates = Fixtures.Find("templates", "own.jsonl").SelectMany(file => File.ReadLines(file.Path))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("template").GetString()!).ToList();
        if (templates.Count == 0) Assert.Skip("no templates/own.jsonl; RETORT_FIXTURES says where else they lie.");
        var damage = from template in Gen.Elements(templates.ToArray())
                     from place in Gen.Choose(0, template.Length)
                     from length in Gen.Choose(0, 3)
                     from put in Gen.Elements("", "{", "}", "%}", "{{", "-", "'", "(", ")", "[", "|", ".", ",", " if ", " in ", "not", "9", "{#")
                     select template[..place] + put + template[Math.Min(template.Length, place + length)..];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(damage.ToArbitrary(), template =>
        {
            var error = Record.Exception(() => Render(template));
            Assert.True(error is null or FormatException, $"{template}\n{error}");
        }));
    }

    private static void Refuses(string template, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => Render(template)).Message, StringComparison.Ordinal);

    private static string Render(string template) => ChatTemplate.Parse("template", template).Render(new Dictionary<string, JsonElement>
    {
        ["messages"] = JsonSerializer.SerializeToElement(new[] { new { role = "user", content = "hi" } }),
    }, TimeProvider.System);
}
