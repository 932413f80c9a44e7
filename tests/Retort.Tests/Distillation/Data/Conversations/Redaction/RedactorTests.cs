using Retort.Data.Conversations.Redaction;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data.Conversations.Redaction;

public sealed class RedactorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("write to a.b@c.org or A.B@c.org, not to d@c.org.", "write to <EMAIL_1> or <EMAIL_1>, not to <EMAIL_2>.")]
    [InlineData("call +49 171 1234567 or 0049 171 1234567", "call <PHONE_1> or <PHONE_1>")]
    [InlineData("(555) 234-5678, 555.234.5678", "<PHONE_1>, <PHONE_1>")]
    [InlineData("DE89 3704 0044 0532 0130 00 BIC", "<IBAN_1> BIC")]
    [InlineData("DE88 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00")] // wrong check digits
    [InlineData("4111 1111 1111 1111 12/26", "<CARD_1> 12/26")]
    [InlineData("4111 1111 1111 1112", "4111 1111 1111 1112")] // Luhn says no
    [InlineData("378282246310005, 3782-822463-10005", "<CARD_1>, <CARD_1>")]
    [InlineData("3 6 9 12 15 18 21 24 27 30", "3 6 9 12 15 18 21 24 27 30")]
    [InlineData("5 10 15 20 25 30 35 40 45 50 # 6 12 18 24 30 36 42 48 54 60 # 4 8 12 16 20 24 28 32 36 40", "5 10 15 20 25 30 35 40 45 50 # 6 12 18 24 30 36 42 48 54 60 # 4 8 12 16 20 24 28 32 36 40")]
    [InlineData("10.0.0.7 but 127.0.0.1, 256.1.1.1 and version 1.2.3.4", "<IP_1> but 127.0.0.1, 256.1.1.1 and version 1.2.3.4")]
    [InlineData("fe80::1ff:fe23:4567:890a at 12:30:45", "<IP_1> at 12:30:45")]
    [InlineData("postgres://me:hunter2@db.example.org/x", "postgres://<CREDENTIALS_1>@db.example.org/x")]
    [InlineData("https://example.org:8080/a@b", "https://example.org:8080/a@b")]
    [InlineData("API_KEY = 'abcd1234efgh'; password: none given", "API_KEY = '<PASSWORD_1>'; password: none given")]
    [InlineData("sk-abcdefghijklmnopqrst12345 and ask-abcdefghijklmnopqrst12345", "<KEY_1> and ask-abcdefghijklmnopqrst12345")]
    [InlineData("risk-sk-abcdefghijklmnopqrst12345", "risk-<KEY_1>")]
    [InlineData("the sk-learn-based-implementation-of-it", "the sk-learn-based-implementation-of-it")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "<KEY_1>")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nend", "<KEY_1>\nend")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIE", "<KEY_1>")]
    [InlineData("I met <EMAIL_3> and x@y.org", "I met <EMAIL_3> and <EMAIL_4>")]
    public void WhatHasAShapeIsReplaced(string text, string redacted)
    {
        Assert.Equal(redacted, new Redactor().Redact(Rows.Asked(text)).Messages[0].Content);
        Assert.Equal(redacted, new Redactor().Redact(Rows.Asked(redacted)).Messages[0].Content);
    }

    [Fact]
    public void OneValueHasOneNameThroughoutAConversation()
    {
        var redactor = new Redactor();
        var row = Rows.Of("""
            {"id": "u1", "messages": [{"role": "user", "content": "I am a@b.org, card 4111111111111111"},
              {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "pay", "arguments": "{\"to\": \"a@b.org\", \"card\": 4111111111111111, \"note\": \"key:\\nsk-abcdefghijklmnopqrst12345\", \"sum\": 12}"}}]},
              {"role": "tool", "content": "{\"seen\": [\"c@d.org\", \"a@b.org\"]}"}, {"role": "assistant", "content": "Paid, a@b.org.", "reasoning_content": "c@d.org too"}],
             "metadata": {"user": "a@b.org", "n": 3}, "tools": [{"type": "function", "function": {"description": "ask c@d.org"}}]}
            """);
        var redacted = redactor.Redact(row);
        Assert.Equal("""{"to":"<EMAIL_1>","card":"<CARD_1>","note":"key:\n<KEY_1>","sum":12}""", redacted.Messages[1].ToolCalls[0].Arguments);
        Assert.Equal("""{"seen":["<EMAIL_2>","<EMAIL_1>"]}""", redacted.Messages[2].Content);
        Assert.Equal(("Paid, <EMAIL_1>.", "<EMAIL_2> too"), (redacted.Messages[3].Content, redacted.Messages[3].Reasoning));
        Assert.Equal("""{"user":"<EMAIL_1>","n":3}""", redacted.Fields["metadata"].GetRawText());
        Assert.Equal("ask <EMAIL_2>", redacted.Tools!.Value[0].GetProperty("function").GetProperty("description").GetString());
        Assert.Equal([("CARD", 2L), ("EMAIL", 8L), ("KEY", 1L)], redactor.Counts.Select(count => (count.Key, count.Value)));
        Assert.Equal("<EMAIL_1>", redactor.Redact(Rows.Asked("z@z.org")).Messages[0].Content); // another conversation, other names
    }

    [Fact]
    public void WhatHasNothingStaysToTheByte()
    {
        const string Text = """{"messages":[{"role":"user","content":"{ \"a\" : 1.0 , \"b\":[ ] }"},{"role":"assistant","content":"a"}],"metadata":{"n":1.50,"x":null}}""";
        Assert.Equal(Text, Rows.Json(new Redactor().Redact(Rows.Of(Text))));
    }

    /// <summary>Half of the drawn texts hold a value of one kind, half what only looks like one; what is measured is printed.</summary>
    [Fact]
    public void PrecisionAndRecallOnDrawnTexts()
    {
        var counts = new SortedDictionary<string, (int Right, int Missed, int Wrong)>(StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach (var (text, value, kind) in SyntheticTexts.Draw(new Seed(11), 8000))
        {
            var redacted = new Redactor().Redact(Rows.Asked(text)).Messages[0].Content!;
            var expected = kind is null ? text : text.Replace(value, $"<{kind}_1>", StringComparison.Ordinal);
            if (redacted == expected && kind is null) continue;
            var said = kind ?? redacted[(redacted.IndexOf('<', StringComparison.Ordinal) + 1)..].Split('_')[0];
            var (right, missed, false1) = counts.GetValueOrDefault(said);
            counts[said] = redacted == expected ? (right + 1, missed, false1) : kind is null
                ? (right, missed, false1 + 1) : (right, missed + 1, false1);
            if (redacted != expected) wrong.Add($"{kind}: {text} -> {redacted}");
        }
        foreach (var (kind, count) in counts)
            output.WriteLine(FormattableString.Invariant($"redaction: {kind,-6} precision {count.Right / (double)(count.Right + count.Wrong):0.000}, recall {count.Right / (double)(count.Right + count.Missed):0.000} of {count.Right + count.Missed}"));
        foreach (var line in wrong.Take(10)) output.WriteLine(line);
        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, count => Assert.True(count.Right >= 0.97 * (count.Right + count.Missed)
            && count.Right >= 0.97 * (count.Right + count.Wrong)));
    }

    /// <summary>Bounded by the length of a text, whatever stands in it.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("a.")]
    [InlineData("a@")]
    [InlineData("1")]
    [InlineData("0 1")]
    [InlineData("4 ")]
    [InlineData("::")]
    [InlineData("f:")]
    [InlineData("sk-")]
    [InlineData("eyJa.")]
    [InlineData("://a:")]
    [InlineData("DE12 ")]
    [InlineData("password=")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    public void AHostileTextIsReadToItsEnd(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 40_000 / piece.Length));
        Assert.NotNull(Redactor.RedactAlone(text));
    }
}
