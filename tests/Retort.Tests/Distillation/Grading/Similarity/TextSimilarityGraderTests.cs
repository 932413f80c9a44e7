using Retort.Grading;
using Retort.Grading.Similarity;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Grading.Similarity;

/// <summary>Values worked out by hand from the definitions, or published; the working stands beside each.</summary>
public sealed class TextSimilarityGraderTests
{
    private const string Mat = "the cat is on the mat", Sat = "the cat sat on the mat";

    public static TheoryData<string, string, string, double> Golden => new()
    {
        // 2·LCS/(|a| + |b|): "ittn" of 6 and 7; RapidFuzz' own example gives 96.55
        { "fuzzy_match", "kitten", "sitting", 8 / 13.0 },
        { "fuzzy_match", "this is a test", "this is a test!", 28 / 29.0 },
        { "fuzzy_match", "", "", 1 },
        { "fuzzy_match", "🙂a", "🙂", 2 / 3.0 }, // characters, not halves of pairs
        // precisions 5/6, 3/5, 1/4 and 0 of 3, which smoothing makes 1/(2·3); equal lengths
        { "bleu", Mat, Sat, Math.Pow(5 / 6.0 * 3 / 5 * 1 / 4 * 1 / 6, 0.25) },
        // two words: 2/2 and 1/(2·1), two orders only; brevity exp(1 − 3/2)
        { "bleu", "hello world", "hello there world", Math.Exp(-0.5) * Math.Sqrt(0.5) },
        // 1/2, then 1/(2·1)
        { "bleu", "a b", "a c", Math.Sqrt(0.25) },
        { "bleu", "Hello, world! It's 1,000.5-ish & done", "Hello , world ! It's 1,000.5 - ish & done", 1 },
        { "bleu", "a b c d", "e f g h", 0 },
        { "bleu", "", "a", 0 },
        // 5 + 3 + 1 + 0 of 18 on both sides; then 2 + 0 of max(3, 6)
        { "gleu", Mat, Sat, 9 / 18.0 },
        { "gleu", "hello world", "hello there world", 2 / 6.0 },
        { "gleu", "", "", 0 },
        // rouge-score's own tests
        { "rouge_1", "testing", "testing one two", 0.5 },
        { "rouge_2", "testing one", "testing one two", 2 / 3.0 },
        { "rouge_3", "a b c d", "a b c e", 0.5 }, // abc of {abc, bcd} and {abc, bce}
        { "rouge_5", "a b c d", "a b c d", 0 }, // no run of five
        { "rouge_1", "the the the", "the cat", 2 / 5.0 }, // the second "the" counts once: 2·1/(3 + 2)
        { "rouge_1", "the cat", "the the the", 2 / 5.0 }, // and so the other way round
        // Lin 2004, section 3.1: "police killed the gunman"
        { "rouge_l", "police kill the gunman", "police killed the gunman", 3 / 4.0 },
        { "rouge_l", "the gunman kill police", "police killed the gunman", 2 / 4.0 },
        { "rouge_l", "Größe, Übung!", "größe übung", 1 },
        // all match in one chunk: 1 − 0.5/6³; with one word more: F = (6/7)/(0.9·6/7 + 0.1), two chunks
        { "meteor", Sat, Sat, 1 - 0.5 / 216 },
        { "meteor", "the cat was sat on the mat", Sat, 6 / 7.0 / (0.9 * 6 / 7 + 0.1) * (1 - 0.5 * 8 / 216) },
        // "on the mat", "sat", "the cat": three chunks of six
        { "meteor", "on the mat sat the cat", Sat, 1 - 0.5 * 27 / 216 },
        { "meteor", "cats run", "cat runs", 1 - 0.5 / 8 }, // by stems
        { "meteor", "dogs", "cats", 0 },
        // of one reference "a c": weight of a is 1, of b and c ln(2/1) + 1 and 1
        { "cosine", "a b", "a c", 1 / (Math.Sqrt(1 + Math.Pow(Math.Log(2) + 1, 2)) * Math.Sqrt(2)) },
        { "cosine", "a b", "c d", 0 },
        { "cosine", "x y y", "X, y. y", 1 },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void TheValueIsThatOfTheDefinition(string metric, string candidate, string reference, double value)
    {
        var grader = $$$"""{"type": "text_similarity", "name": "s", "input": "{{sample.output_text}}", "reference": "{{item.r}}", "evaluation_metric": "{{{metric}}}"}""";
        var item = Graded.Item(candidate, System.Text.Json.JsonSerializer.Serialize(new { r = reference }));
        Assert.Equal(value, Graded.By(grader, item).Score!.Value, 1e-12);
    }

    [Fact]
    public void TheThresholdDecidesAndCosineSaysWhatItIs()
    {
        const string Grader = """{"type": "text_similarity", "name": "s", "input": "{{sample.output_text}}", "reference": "a b", "evaluation_metric": "cosine", "pass_threshold": 0.9}""";
        Assert.True(Graded.By(Grader, Graded.Item("a b")).Passed);
        Assert.False(Graded.By(Grader, Graded.Item("a c")).Passed);
        Assert.Equal("s (cosine of TF-IDF)", GraderReader.Parse("g", Grader).Name);
        Assert.Equal("a text is too long to compare", Graded.By(Grader, Graded.Item(new string('a', 100_001))).Why);
        var error = Assert.Throws<RetortException>(() => GraderReader.Parse("g", Grader.Replace("cosine", "rouge_6", StringComparison.Ordinal)));
        Assert.Equal("g.evaluation_metric", error.Location);
    }

    /// <summary>64 positions at a time against the textbook's table.</summary>
    [Fact]
    public void TheLongestCommonSubsequenceIsThatOfTheTable()
    {
        for (var trial = 0; trial < 200; trial++)
        {
            var seed = new Seed((ulong)trial);
            int[] a = [.. Enumerable.Range(0, seed.Below(200, 1)).Select(i => seed.Below(4, (ulong)i, 1))];
            int[] b = [.. Enumerable.Range(0, seed.Below(200, 2)).Select(i => seed.Below(4, (ulong)i, 2))];
            var table = new int[a.Length + 1, b.Length + 1];
            for (var i = 1; i <= a.Length; i++)
                for (var j = 1; j <= b.Length; j++)
                    table[i, j] = a[i - 1] == b[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
            Assert.Equal(table[a.Length, b.Length], LongestCommon.Of(a, b));
        }
    }

    /// <summary>The examples of Porter's paper, carried through all steps.</summary>
    [Theory]
    [InlineData("caresses caress ponies poni ties ti cats cat feed feed agreed agre plastered plaster bled bled motoring motor sing sing")]
    [InlineData("conflated conflat troubled troubl sized size hopping hop tanned tan falling fall hissing hiss fizzed fizz failing fail filing file happy happi sky sky")]
    [InlineData("relational relat conditional condit rational ration valenci valenc hesitanci hesit digitizer digit conformabli conform radicalli radic differentli differ vileli vile")]
    [InlineData("analogousli analog vietnamization vietnam predication predic operator oper feudalism feudal decisiveness decis hopefulness hope callousness callous")]
    [InlineData("formaliti formal sensitiviti sensit sensibiliti sensibl triplicate triplic formative form formalize formal electriciti electr electrical electr hopeful hope goodness good")]
    [InlineData("revival reviv allowance allow inference infer airliner airlin gyroscopic gyroscop adjustable adjust defensible defens irritant irrit replacement replac adjustment adjust")]
    [InlineData("dependent depend adoption adopt homologou homolog communism commun activate activ angulariti angular homologous homolog effective effect bowdlerize bowdler")]
    [InlineData("probate probat rate rate cease ceas controll control roll roll generalizations gener oscillators oscil by by größe größe")]
    public void AStemIsPorters(string pairs)
    {
        var words = pairs.Split(' ');
        for (var i = 0; i < words.Length; i += 2) Assert.Equal((words[i], words[i + 1]), (words[i], PorterStemmer.Stem(words[i])));
        Assert.Equal(200, PorterStemmer.Stem(new string('y', 200)).Length);
    }

    [Theory]
    [InlineData("Hello, world!", "Hello|,|world|!")]
    [InlineData("1,000.5 e.g. 3-4 -5", "1,000.5|e|.|g|.|3|-|4|-5")]
    [InlineData("&quot;a&amp;b&quot; (c/d)\n[e]", "\"|a|&|b|\"|(|c|/|d|)|[|e|]")]
    public void WordsOfTranslationAreCutAsTheStandardDoes(string text, string words) =>
        Assert.Equal(words.Split('|'), TranslationWords.Of(text));
}
