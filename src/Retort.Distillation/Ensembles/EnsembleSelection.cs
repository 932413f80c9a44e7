namespace Retort.Ensembles;

/// <summary>
/// Greedy forward selection with replacement (Caruana, Niculescu-Mizil, Crew and Ksikes, ICML 2004): starts from the best few models,
/// adds in each round the one that helps the mean most on held-out rows, and keeps the best ensemble met on the way.
/// </summary>
/// <param name="Loss">What is made small.</param>
/// <param name="Rounds">Models added after the start, the same one as often as it helps.</param>
/// <param name="MostAtStart">The start takes the best 1, 2, … models, up to so many, whichever number is best.</param>
public sealed record EnsembleSelection(AnswerLoss Loss = AnswerLoss.RootMeanSquare, int Rounds = 60, int MostAtStart = 5)
{
    /// <param name="answers">[model][N × width] on held-out rows.</param>
    /// <param name="targets">[N, width]</param>
    /// <param name="width">Numbers of an answer.</param>
    /// <returns>How often each model was taken, and the loss of the ensemble.</returns>
    public (int[] Counts, double Loss) Choose(IReadOnlyList<float[]> answers, float[] targets, int width)
    {
        var ranked = Enumerable.Range(0, answers.Count).OrderBy(model => Loss.Of(answers[model], targets, width)).ToArray();
        var (counts, sum, taken) = (new int[answers.Count], new double[targets.Length], 0);
        var (bestCounts, best) = (counts, double.PositiveInfinity);
        var mean = new float[targets.Length];
        void Add(int model)
        {
            counts[model]++;
            taken++;
            for (var i = 0; i < sum.Length; i++) sum[i] += answers[model][i];
            var loss = Trial(null);
            if (loss < best) (bestCounts, best) = ([.. counts], loss);
        }
        double Trial(float[]? other)
        {
            var size = taken + (other is null ? 0 : 1);
            for (var i = 0; i < mean.Length; i++) mean[i] = (float)((sum[i] + (other is null ? 0 : other[i])) / size);
            return Loss.Of(mean, targets, width);
        }
        foreach (var model in ranked.Take(MostAtStart)) Add(model);
        // what the start added beyond its best size is taken back
        (counts, taken) = ([.. bestCounts], bestCounts.Sum());
        Array.Clear(sum);
        for (var model = 0; model < counts.Length; model++)
            for (var i = 0; i < sum.Length; i++) sum[i] += (double)counts[model] * answers[model][i];
        for (var round = 0; round < Rounds; round++) Add(ranked.MinBy(model => Trial(answers[model])));
        return (bestCounts, best);
    }
}
