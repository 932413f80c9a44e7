using System.Text.Json;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.Patterns;
using Retort.Formats.Tokenizers.SentencePiece;
using Retort.Formats.Tokenizers.Vocabularies;
using Xunit;

namespace Retort.Tests.Formats.Tokenizers;

/// <summary>Published vocabularies, in every form in which they lie beside a golden.json.</summary>
public sealed class RealVocabularyTests(ITestOutputHelper output)
{
    [Fact]
    public void GiveThePublishedIds()
    {
        var found = RealData.Files("golden.json")
            .Where(path => Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(path))) == "tokenizers").ToList();
        if (found.Count == 0) Assert.Skip("no tokenizers/*/golden.json were found: set RETORT_DATA to a folder that holds them.");
        var failures = new List<string>();
        foreach (var golden in found)
            foreach (var (file, tokenizer) in Readings(Path.GetDirectoryName(golden)!))
            {
                var (rows, differences) = (0, 0);
                using var document = JsonDocument.Parse(File.ReadAllBytes(golden));
                foreach (var row in document.RootElement.EnumerateArray())
                {
                    // Where SentencePiece and its tokenizer.json differ, the row has no ids with special tokens.
                    if (file.StartsWith("tokenizer.json", StringComparison.Ordinal) && row.TryGetProperty("decoded", out _)
                        && !row.TryGetProperty("ids_with_special", out _)) continue;
                    rows++;
                    foreach (var difference in Differences(tokenizer, row))
                        if (differences++ < 5) failures.Add($"{golden} by {file}, {difference}");
                }
                output.WriteLine($"vocabulary: {Path.GetFileName(Path.GetDirectoryName(golden))} by {file}, {rows} texts, {differences} differences");
            }
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    private static IEnumerable<(string File, Tokenizer Tokenizer)> Readings(string folder)
    {
        foreach (var path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (name.StartsWith("tokenizer.json", StringComparison.Ordinal)) yield return (name, TokenizerReader.Read(path));
            if (name.StartsWith("tokenizer.model", StringComparison.Ordinal))
                yield return (name, SentencePieceReader.Read(path, addBeginning: true));
            if (name.StartsWith("qwen.tiktoken", StringComparison.Ordinal)) yield return (name, TiktokenReader.Read(path, WordPattern.QwenText));
            else if (name.Contains(".tiktoken", StringComparison.Ordinal)) yield return (name, TiktokenReader.Read(path, WordPattern.Cl100kText));
            if (name.StartsWith("merges.txt", StringComparison.Ordinal))
                yield return (name, Gpt2Reader.Read(Directory.GetFiles(folder, "vocab.json*")[0], path));
            if (name.StartsWith("vocab.txt", StringComparison.Ordinal)) yield return (name, BertReader.Read(path, IsLowercase(folder)));
        }
    }

    private static bool IsLowercase(string folder) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer_config.json")))
        .RootElement.GetProperty("do_lower_case").GetBoolean();

    private static IEnumerable<string> Differences(Tokenizer tokenizer, JsonElement row)
    {
        var text = row.GetProperty("text").GetString()!;
        foreach (var member in row.EnumerateObject())
        {
            var found = member.Name switch
            {
                "ids" => JsonSerializer.Serialize(tokenizer.Encode(text, addSpecialTokens: false).Ids),
                "ids_with_special" => JsonSerializer.Serialize(tokenizer.Encode(text).Ids),
                "decoded" => JsonSerializer.Serialize(tokenizer.Decode(tokenizer.Encode(text).Ids)),
                _ => null, // a tiktoken file does not name its special tokens
            };
            if (found is not null && found != JsonSerializer.Serialize(member.Value))
                yield return $"{member.Name} of {JsonSerializer.Serialize(text)}: {found} instead of {JsonSerializer.Serialize(member.Value)}";
        }
    }
}
