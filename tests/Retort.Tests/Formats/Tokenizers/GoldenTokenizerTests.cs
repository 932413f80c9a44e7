using System.Text.Json;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.SentencePiece;
using Retort.Formats.Tokenizers.Vocabularies;
using Retort.Testing;
using Xunit;

namespace Retort.Tests.Formats.Tokenizers;

/// <summary>Ids, tokens, offsets, decoded text and pairs of every tokenizer of the fixtures, against those of its own library.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenTokenizerTests(ITestOutputHelper output)
{
    [Fact]
    public void TokenizerJson()
    {
        var found = Fixtures.Find("tokenizers", "golden.jsonl").Where(file => File.Exists(Beside(file.Path, "tokenizer.json"))).ToList();
        if (found.Count == 0) Assert.Skip("no golden.jsonl beside a tokenizer.json in tokenizers; RETORT_FIXTURES says where else they lie.");
        Check(found, path => TokenizerReader.Read(Beside(path, "tokenizer.json")));
    }

    [Fact]
    public void SentencePieceModels()
    {
        var found = Fixtures.Find("tokenizers", "golden.jsonl").Where(file => File.Exists(Beside(file.Path, "tokenizer.model"))).ToList();
        if (found.Count == 0) Assert.Skip("no golden.jsonl beside a tokenizer.model in tokenizers; RETORT_FIXTURES says where else they lie.");
        Check(found, path => SentencePieceReader.Read(Beside(path, "tokenizer.model")));
    }

    [Fact]
    public void BertVocabularies()
    {
        var found = Fixtures.Find("tokenizers", "golden.jsonl").Where(file => File.Exists(Beside(file.Path, "vocab.txt"))).ToList();
        if (found.Count == 0) Assert.Skip("no golden.jsonl beside a vocab.txt in tokenizers; RETORT_FIXTURES says where else they lie.");
        Check(found, path => BertReader.Read(Beside(path, "vocab.txt"),
            Fixtures.Read(Beside(path, "tokenizer_config.json")).RootElement.GetProperty("do_lower_case").GetBoolean()));
    }

    private void Check(List<(string Name, string Path)> found, Func<string, Tokenizer> read)
    {
        var failures = new List<string>();
        foreach (var (name, path) in found)
        {
            var tokenizer = read(path);
            var (cases, differences) = (0, 0);
            foreach (var line in File.ReadLines(path))
            {
                using var document = JsonDocument.Parse(line);
                cases++;
                foreach (var difference in Differences(tokenizer, document.RootElement))
                    if (differences++ < 5) failures.Add($"{name} line {cases}, {difference}");
            }
            output.WriteLine($"golden: {name}, {cases} texts, {differences} differences");
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    private static IEnumerable<string> Differences(Tokenizer tokenizer, JsonElement golden)
    {
        var text = golden.GetProperty("text").GetString()!;
        var encoded = golden.TryGetProperty("pair", out var pair) ? tokenizer.EncodePair(text, pair.GetString()!) : tokenizer.Encode(text);
        foreach (var member in golden.EnumerateObject())
        {
            var found = member.Name switch
            {
                "text" or "pair" => null,
                "ids" => JsonSerializer.Serialize(encoded.Ids),
                "type_ids" => JsonSerializer.Serialize(encoded.TypeIds),
                "tokens" => JsonSerializer.Serialize(
                    encoded.Ids.Index().Select(entry => Spelling(tokenizer, entry.Item, member.Value, entry.Index))),
                "offsets" => JsonSerializer.Serialize(
                    encoded.Offsets.Select(offset => (int[])[Points(text, offset.Start), Points(text, offset.End)])),
                "ids_no_special" => JsonSerializer.Serialize(tokenizer.Encode(text, addSpecialTokens: false).Ids),
                "decoded" => JsonSerializer.Serialize(tokenizer.Decode(encoded.Ids)),
                "decoded_keep_special" => JsonSerializer.Serialize(tokenizer.Decode(encoded.Ids, skipSpecialTokens: false)),
                _ => $"nobody looks at '{member.Name}'",
            };
            if (found is not null && found != JsonSerializer.Serialize(member.Value))
                yield return $"{member.Name} of {JsonSerializer.Serialize(text)}: {found} instead of {JsonSerializer.Serialize(member.Value)}";
        }
    }

    /// <summary>Of the unknown, unigram goldens show the text that it stands for, which our ids do not keep.</summary>
    private static string? Spelling(Tokenizer tokenizer, int id, JsonElement golden, int place) =>
        tokenizer.Token(id) == "<unk>" && place < golden.GetArrayLength() ? golden[place].GetString() : tokenizer.Token(id);

    /// <summary>Golden offsets count code points.</summary>
    private static int Points(string text, int units) => text[..units].EnumerateRunes().Count();

    private static string Beside(string path, string name) => Path.Combine(Path.GetDirectoryName(path)!, name);
}
