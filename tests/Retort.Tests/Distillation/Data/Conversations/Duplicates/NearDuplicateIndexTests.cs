using Retort.Data.Conversations.Duplicates;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data.Conversations.Duplicates;

public sealed class NearDuplicateIndexTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("a b c d e f", "a b c d e f", 1)]
    [InlineData("a b c d e f", "A  b, c; d e\nf!", 1)] // case, spaces and punctuation at the ends of words do not count
    [InlineData("a b c d e f", "a b c d e g", 1 / 3.0)] // of {abcde, bcdef} and {abcde, bcdeg} one of three
    [InlineData("a b c d e f g", "b c d e f g h", 2 / 4.0)]
    [InlineData("hello", "hello", 1)]
    [InlineData("hello", "world", 0)]
    [InlineData("3 + 4", "3 - 4", 0)]
    [InlineData("日本語の文章です", "日本語の文章です。", 1)]
    [InlineData("", "", 0)]
    public void TheSimilarityIsThatOfSets(string a, string b, double similarity) =>
        Assert.Equal(similarity, Shingles.Jaccard(Shingles.Of(a), Shingles.Of(b)), 1e-12);

    /// <summary>
    /// Against every pair compared exactly: none is found that is below the threshold, and of those above none is missing, since at 0.8 the
    /// bands miss one in ten million.
    /// </summary>
    [Fact]
    public void WhatIsFoundIsWhatTheExactSimilaritySays()
    {
        var seed = new Seed(5);
        uint[][] sets = [.. Enumerable.Range(0, 400).Select(number => Shingles.Of(Text(seed, number)))];
        var index = new NearDuplicateIndex(new Seed(1));
        var found = sets.SelectMany((set, number) => index.Add(set).Select(like => (number, like.Number))).ToHashSet();
        var exact = new HashSet<(int, int)>();
        var between = 0;
        for (var a = 0; a < sets.Length; a++)
            for (var b = 0; b < a; b++)
                if (Shingles.Jaccard(sets[a], sets[b]) is var similarity && similarity >= NearDuplicateIndex.Threshold) exact.Add((a, b));
                else if (similarity > 0.6) between++;
        output.WriteLine($"near duplicates: {exact.Count} pairs at or above {NearDuplicateIndex.Threshold}, {between} between 0.6 and it, {found.Count} found");
        Assert.True(exact.Count > 50 && between > 50);
        Assert.Equal(exact.Order(), found.Order());
    }

    /// <summary>The share of bands that agree is the similarity, by the fourth power, within three standard errors.</summary>
    [Fact]
    public void BandsAgreeAsOftenAsTheSimilaritySays()
    {
        uint[] all = [.. Enumerable.Range(0, 300).Select(i => (uint)(i * 2654435761L))];
        var (a, b) = (all[..240], all[60..]); // 180 of 300 in common
        var agreed = Enumerable.Range(0, 200).Select(trial => new MinHash(new Seed((ulong)trial)))
            .Sum(hash => hash.Keys(a).Zip(hash.Keys(b)).Count(pair => pair.First == pair.Second));
        var (share, expected, trials) = (agreed / (200.0 * MinHash.Bands), Math.Pow(0.6, MinHash.Rows), 200 * MinHash.Bands);
        Assert.Equal(expected, share, 3 * Math.Sqrt(expected * (1 - expected) / trials));
    }

    /// <summary>Texts in families: one of forty originals with some of its words replaced.</summary>
    private static string Text(Seed seed, int number)
    {
        var (family, draw) = (seed.Derive((ulong)(number % 40)), seed.Derive((ulong)(1000 + number)));
        var changes = number % 4; // of 120 words each change breaks five runs: similarity about 1, 0.92, 0.85, 0.78 to the original
        var words = Enumerable.Range(0, 120).Select(word => $"w{family.Below(5000, (ulong)word)}").ToArray();
        for (var change = 0; change < changes; change++) words[draw.Below(120, (ulong)change)] = $"x{draw.Below(5000, (ulong)change, 1)}";
        return string.Join(' ', words);
    }
}
