using Retort.Teachers.Onnx;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class TextOperatorsTests
{
    private static OnnxArray Texts(params string[] texts) => OnnxArray.Of([texts.Length], texts);

    [Fact]
    public void TextsAreJoined() => Assert.Equal(["ac", "bc"], OneNode.Run("StringConcat", [Texts("a", "b"), Texts("c")]).Texts());

    [Fact]
    public void TextsAreCutAndFilledUp()
    {
        var found = OneNode.Run(23, "StringSplit", 2, [Texts(" a b  c ", "", "d")]);
        Assert.Equal(["a", "b", "c", "", "", "", "d", "", ""], found[0].Texts());
        Assert.Equal([3L, 0, 1], found[1].Longs());
        Assert.Equal(["a", "b  c "], OneNode.Run(23, "StringSplit", 2, [Texts(" a b  c ")], ("maxsplit", 1L))[0].Texts());
        Assert.Equal(["a", "", "b"], OneNode.Run(23, "StringSplit", 2, [Texts("a,,b")], ("delimiter", ","))[0].Texts());
    }

    [Fact]
    public void StopWordsGoAndOneEmptyTextIsTheLeast()
    {
        (string, object)[] attributes = [("stopwords", new[] { "the" }), ("case_change_action", "UPPER")];
        Assert.Equal(["CAT"], OneNode.Run("StringNormalizer", [Texts("The", "cat")], attributes).Texts());
        var exact = OneNode.Run("StringNormalizer", [Texts("The", "cat")], [.. attributes, ("is_case_sensitive", 1L)]);
        Assert.Equal(["THE", "CAT"], exact.Texts());
        Assert.Equal([""], OneNode.Run("StringNormalizer", [Texts("the")], attributes).Texts());
    }

    [Fact]
    public void PatternsMatchTheWholeText()
    {
        Assert.Equal([true, false, false], OneNode.Run("RegexFullMatch", [Texts("ab", "abc", "ab\n")], ("pattern", "a|ab")).Bools());
        var refusal = Assert.Throws<RetortException>(() => OneNode.Run("RegexFullMatch", [Texts("aa")], ("pattern", @"(a)\1")));
        Assert.Contains("the pattern needs backtracking", refusal.Message, StringComparison.Ordinal);
    }
}
