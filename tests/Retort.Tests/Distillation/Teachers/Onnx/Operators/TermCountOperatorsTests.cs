using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class TermCountOperatorsTests
{
    private static readonly OnnxArray Items = OneNode.Whole(1, 2, 3, 1, 2);

    // the grams 2; then (1, 2) and (1, 3), to columns 2, 0 and 1
    private static float[] Run(string mode, long shortest, long skipped) => OneNode.Run("TfIdfVectorizer", [Items], ("mode", mode),
        ("min_gram_length", shortest), ("max_gram_length", 2L), ("max_skip_count", skipped), ("ngram_counts", new[] { 0L, 1 }),
        ("ngram_indexes", new[] { 2L, 0, 1 }), ("pool_int64s", new[] { 2L, 1, 2, 1, 3 }), ("weights", new[] { 0.5f, 3, 7 })).Floats();

    [Fact]
    public void GramsAreCountedInTheirColumns()
    {
        Assert.Equal([2f, 0, 2], Run("TF", 1, 0));
        Assert.Equal([2f, 0, 0], Run("TF", 2, 0));
    }

    [Fact]
    public void SkippedItemsMakeMoreGrams() => Assert.Equal([2f, 1, 2], Run("TF", 1, 1));

    [Fact]
    public void WeightsCountOnceOrTimesTheCount()
    {
        Assert.Equal([3f, 7, 0.5f], Run("IDF", 1, 1));
        Assert.Equal([6f, 7, 1], Run("TFIDF", 1, 1));
    }
}
