using System.Text;
using System.Text.Json;
using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.Vocabularies;
using Xunit;
using FormatException = Retort.Formats.FormatException;

namespace Retort.Tests.Formats.Tokenizers;

public sealed class Llama2cVocabularyTests
{
    /// <summary>Every folder with such a vocabulary and a golden.json of texts and ids.</summary>
    [Fact]
    public void GivesThePublishedIds()
    {
        var found = RealData.Files("golden.json")
            .Select(path => (Golden: path, Vocabulary: Llama2cVocabulary.Find(Path.GetDirectoryName(path)!)))
            .Where(pair => pair.Vocabulary is not null).ToList();
        if (found.Count == 0) Assert.Skip("no golden.json beside a tok*.bin was found: set RETORT_DATA to a folder that holds them.");
        foreach (var (golden, _) in found)
        {
            var tokenizer = TokenizerFolder.Read(Path.GetDirectoryName(golden)!);
            using var document = JsonDocument.Parse(File.ReadAllBytes(golden));
            foreach (var row in document.RootElement.EnumerateArray())
            {
                int[] Ids(string key) => [.. row.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];
                var (text, ids) = (row.GetProperty("text").GetString()!, Ids("ids"));
                if (text.Length == 0) continue; // llama2.c puts no blank in front of nothing
                Assert.Equal(ids, tokenizer.Encode(text).Ids);
                Assert.Equal(text, tokenizer.Decode(ids));
                Assert.Equal(text + row.GetProperty("greedy_text").GetString(), tokenizer.Decode(Ids("greedy_ids")));
            }
        }
    }

    [Fact]
    public void ItsPiecesAreFoundByTheirScores()
    {
        using var folder = new TemporaryFolder();
        folder.With("tok264.bin", Made((" ", -9), (" a", 0), ("ab", 5), ("a", -1), ("b", -2)));
        var tokenizer = TokenizerFolder.Read(folder.Path);
        Assert.Equal(264, tokenizer.Size);
        Assert.Equal([1, 260], tokenizer.Encode("a").Ids);
        Assert.Equal([1, 259, 261, 259, 198, 172], tokenizer.Encode("ab é").Ids); // é is C3 A9
        Assert.Equal("ab é", tokenizer.Decode(tokenizer.Encode("ab é").Ids));
    }

    [Fact]
    public void ADamagedOneIsRefused()
    {
        using var folder = new TemporaryFolder();
        var whole = Made((" a", 0), ("ab", 5));
        void Refuses(byte[] bytes, string message)
        {
            folder.With("tokenizer.bin", bytes);
            Assert.Contains(message,
                Assert.Throws<FormatException>(() => TokenizerFolder.Read(folder.Path)).Message, StringComparison.Ordinal);
        }
        Refuses(whole[..^1], "there is no token 260 at byte");
        Refuses([.. whole, 0], "there is no token 261 at byte");
        Refuses(whole[..100], "token");
        Refuses([1, 0, 0, 0], "token 3 of 0 is not <0x00>");
        whole[4 + 4] = 0;
        Refuses(whole, "there is no token 0 at byte 4");
        folder.With("tok7.bin", whole);
        Assert.Contains("this folder has no tokenizer",
            Assert.Throws<FormatException>(() => TokenizerFolder.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static byte[] Made(params (string Text, float Score)[] pieces)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(7);
        (string, float)[] all = [("<unk>", 0), ("\n<s>\n", 0), ("\n</s>\n", 0),
            .. Enumerable.Range(0, 256).Select(value => ($"<0x{value:X2}>", 0f)), .. pieces];
        foreach (var (text, score) in all)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            writer.Write(score);
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }
        return stream.ToArray();
    }
}
