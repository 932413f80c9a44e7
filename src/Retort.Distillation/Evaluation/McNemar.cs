namespace Retort.Evaluation;

/// <summary>
/// Is one of two models right more often on the same examples? With b examples only the first gets right and c only the
/// second, under "no difference" b ~ Binomial(b + c, ½) (McNemar 1947).
/// Exact: p = min(1, 2·P(X ≤ min(b, c))). Mid-p: 2·P(X &lt; min) + P(X = min), less conservative
/// (Fagerland, Lydersen, Laake 2013). Sums of log-probabilities, so large counts do not underflow.
/// </summary>
public sealed record McNemar(int OnlyFirst, int OnlySecond, double ExactP, double MidP)
{
    public static McNemar Of(double[] first, double[] second)
    {
        int b = 0, c = 0;
        for (var i = 0; i < first.Length; i++)
        {
            if (first[i] > second[i])
                b++;
            else if (first[i] < second[i])
                c++;
        }

        return Of(b, c);
    }

    public static McNemar Of(int onlyFirst, int onlySecond)
    {
        int n = onlyFirst + onlySecond, least = Math.Min(onlyFirst, onlySecond);
        var log = -n * Math.Log(2);
        var tail = 0.0;
        var last = 0.0;
        for (var k = 0; k <= least; k++)
        {
            last = Math.Exp(log);
            tail += last;
            log += Math.Log(n - k) - Math.Log(k + 1);
        }

        // b = c makes both tails meet in one point, which must be counted once.
        var mid = onlyFirst == onlySecond ? 1 - last / 2 : 2 * tail - last;
        return new McNemar(onlyFirst, onlySecond, Math.Min(1, 2 * tail), n == 0 ? 1 : mid);
    }
}
