using Retort.Formats.Tokenizers;
using Retort.Server.Scheduling;
using Retort.Tensors;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Server.Scheduling;

public sealed class TextAssemblyTests
{
    private readonly Tokenizer _tokenizer = TokenizerFolder.Read(Path.GetDirectoryName(Fixtures.Path("tokenizers/gpt2_bpe/tokenizer.json", out _))!);

    /// <summary>Whatever the text and the stop strings, what is said ends before the first of them; nothing said is taken back.</summary>
    [Fact]
    public void WhatIsSaidEndsBeforeTheFirstStopString()
    {
        string[] letters = ["a", "b", "ab", "é", "漢", "😀", " ", "\n"];
        var seed = new Seed(5);
        for (var round = 0UL; round < 500; round++)
        {
            var draws = seed.Derive(round);
            string Drawn(ulong part, int most) => string.Concat(Enumerable.Range(0, 1 + draws.Below(most, part, 9))
                .Select(i => letters[draws.Below(letters.Length, part, 10 + (ulong)i)]));
            var text = Drawn(1, 40);
            string[] stops = [.. Enumerable.Range(0, draws.Below(3, 2)).Select(i => Drawn(3 + (ulong)i, 4))];
            var end = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(place => place >= 0)
                .DefaultIfEmpty(text.Length).Min();
            var assembly = new TextAssembly(_tokenizer.DecodeStream(), stops);
            var (said, told) = ("", new List<SaidToken>());
            foreach (var id in _tokenizer.Encode(text).Ids)
            {
                var piece = assembly.Push(id, Told(id));
                said += piece.Text;
                told.AddRange(piece.Tokens);
                Assert.DoesNotContain('\uFFFD', piece.Text);
                if (assembly.Stopped) break;
            }
            var rest = assembly.Finish();
            said += rest.Text;
            told.AddRange(rest.Tokens);
            Assert.Equal(text[..end], said);
            Assert.Equal(stops.Any(stop => text.Contains(stop, StringComparison.Ordinal)), assembly.Stopped);
            var bytes = told.Sum(token => token.Bytes.Length);
            var said8 = System.Text.Encoding.UTF8.GetByteCount(said);
            Assert.True(bytes >= said8, "a token whose text was said is not told");
            if (!assembly.Stopped) Assert.Equal(said8, bytes);
        }
    }

    /// <summary>A text that a stop string might begin with waits, no longer.</summary>
    [Fact]
    public void WhatMayBeginAStopStringWaits()
    {
        var assembly = new TextAssembly(_tokenizer.DecodeStream(), ["abcd"]);
        string Say(string text) => string.Concat(_tokenizer.Encode(text).Ids.Select(id => assembly.Push(id, null).Text));
        Assert.Equal("x", Say("xa"));
        Assert.Equal("", Say("b"));
        Assert.Equal("abx", Say("x"));
        Assert.Equal("", Say("abc"));
        Assert.Equal("abc", assembly.Finish().Text);
    }

    private SaidToken Told(int id) => new(id, _tokenizer.Token(id)!, _tokenizer.Bytes(id), 0, []);
}
