namespace Retort.Teachers.Onnx.Operators.Learned;

/// <summary>What classic models do with their scores at the end.</summary>
internal static class PostTransform
{
    private static readonly string[] Names = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];

    /// <summary>The name of a number of ai.onnx.ml opset 5.</summary>
    public static string Name(long number) => number >= 0 && number < Names.Length ? Names[number] : "";

    /// <summary>Changes the scores of one example.</summary>
    public static void Apply(string name, Span<double> scores)
    {
        switch (name)
        {
            case "NONE" or "": break;
            case "LOGISTIC":
                foreach (ref var score in scores) score = Logistic(score);
                break;
            case "SOFTMAX": Softmax(scores, false); break;
            case "SOFTMAX_ZERO": Softmax(scores, true); break;
            case "PROBIT":
                foreach (ref var score in scores) score = Probit(score);
                break;
            default: throw new ArgumentException($"the post_transform '{name}' is not known");
        }
    }

    public static double Logistic(double score) => 1 / (1 + Math.Exp(-score));

    /// <summary>With a score of exactly 0 standing for a class that has no vote, which keeps 0.</summary>
    private static void Softmax(Span<double> scores, bool keepZero)
    {
        var (largest, sum) = (double.NegativeInfinity, 0.0);
        foreach (var score in scores) largest = Math.Max(largest, score);
        foreach (ref var score in scores)
        {
            score = keepZero && Math.Abs(score) < 1e-7 ? score * Math.Exp(-largest) : Math.Exp(score - largest);
            sum += score;
        }
        foreach (ref var score in scores) score /= sum;
    }

    /// <summary>√2 · erf⁻¹(2p − 1), by Winitzki's closed form.</summary>
    private static double Probit(double probability)
    {
        var x = 2 * probability - 1;
        var logarithm = Math.Log(1 - x * x);
        var part = 2 / (Math.PI * 0.147) + logarithm / 2;
        return Math.Sqrt(2) * Math.CopySign(Math.Sqrt(Math.Sqrt(part * part - logarithm / 0.147) - part), x);
    }
}
