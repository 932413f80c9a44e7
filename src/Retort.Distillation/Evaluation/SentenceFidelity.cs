using Retort.Tensors;

namespace Retort.Evaluation;

/// <summary>One vector a text.</summary>
/// <param name="Values">[texts, width] of length 1.</param>
/// <param name="Texts">How many.</param>
public sealed record SentenceVectors(float[] Values, int Texts)
{
    public int Width => Values.Length / Texts;

    /// <summary>Of two texts.</summary>
    public double Cosine(int one, int other)
    {
        var (sum, width) = (0.0, Width);
        for (var i = 0; i < width; i++) sum += (double)Values[one * width + i] * Values[other * width + i];
        return sum;
    }

    /// <summary>The other text with the largest cosine, the first of several.</summary>
    public int Nearest(int text)
    {
        var (best, largest) = (-1, double.NegativeInfinity);
        for (var other = 0; other < Texts; other++)
            if (other != text && Cosine(text, other) is var cosine && cosine > largest) (best, largest) = (other, cosine);
        return best;
    }
}

/// <summary>Whether texts that are alike to the teacher are alike to a model; the widths of their vectors may differ.</summary>
/// <param name="Texts">How many were compared.</param>
/// <param name="Pairs">Pairs of them, drawn.</param>
/// <param name="Spearman">
/// Correlation of the ranks of the pairs' cosines with those of the teacher's, −1 to 1 (Spearman 1904); null where all cosines of one are
/// equal.
/// </param>
/// <param name="RecallAt1">Share of texts whose nearest other text is the teacher's nearest.</param>
public sealed record SentenceFidelity(int Texts, int Pairs, double? Spearman, double RecallAt1)
{
    /// <summary>Enough that the correlation of two drawings differs by a hundredth.</summary>
    public const int UsualPairs = 10_000;

    /// <param name="teacher">Of the same texts.</param>
    /// <param name="model">Student or baseline.</param>
    /// <param name="seed">Of the pairs: the same ones for every model.</param>
    /// <param name="pairs">How many.</param>
    /// <returns>Null below three texts: there is nothing to order.</returns>
    public static SentenceFidelity? Of(SentenceVectors teacher, SentenceVectors model, Seed seed, int pairs = UsualPairs)
    {
        var texts = teacher.Texts;
        if (model.Texts != texts)
            throw new RetortException("evaluation", $"the teacher made vectors of {texts} texts, the model of {model.Texts}.", "the same texts.");
        if (texts < 3) return null;
        double[] taught = new double[pairs], learned = new double[pairs];
        for (var pair = 0; pair < pairs; pair++)
        {
            var one = seed.Below(texts, (ulong)pair);
            var other = seed.Below(texts - 1, (ulong)pair, 1);
            if (other >= one) other++;
            (taught[pair], learned[pair]) = (teacher.Cosine(one, other), model.Cosine(one, other));
        }
        var same = Enumerable.Range(0, texts).Count(text => teacher.Nearest(text) == model.Nearest(text));
        return new(texts, pairs, Correlation(Ranks(taught), Ranks(learned)), (double)same / texts);
    }

    /// <summary>From 0; equal values share the mean of their ranks.</summary>
    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        var ranks = new double[values.Length];
        for (var first = 0; first < order.Length;)
        {
            var last = first;
            while (last + 1 < order.Length && values[order[last + 1]] == values[order[first]]) last++;
            for (var i = first; i <= last; i++) ranks[order[i]] = (first + last) / 2.0;
            first = last + 1;
        }
        return ranks;
    }

    private static double? Correlation(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average(), both = 0, squareX = 0, squareY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            both += (x[i] - meanX) * (y[i] - meanY);
            squareX += (x[i] - meanX) * (x[i] - meanX);
            squareY += (y[i] - meanY) * (y[i] - meanY);
        }
        return squareX > 0 && squareY > 0 ? both / Math.Sqrt(squareX * squareY) : null;
    }
}
