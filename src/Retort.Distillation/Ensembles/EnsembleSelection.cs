using Retort.Data;
using Retort.Tensors;

namespace Retort.Ensembles;

/// <summary>
/// Greedy forward selection with replacement (Caruana, Niculescu-Mizil, Crew and Ksikes, ICML 2004): starts from the best few models,
/// adds in each round the one that helps the mean most on held-out rows, and keeps the best ensemble met on the way. It is done for
/// several bags, each with its own half of the library, and their choices are added up: less is fitted to the held-out rows.
/// </summary>
/// <param name="Loss">What is made small.</param>
/// <param name="Rounds">Models added after the start in each bag, the same one as often as it helps.</param>
/// <param name="MostAtStart">The start takes the best 1, 2, … models, up to so many, whichever number is best.</param>
/// <param name="Bags">How many; 1 = the whole library, once.</param>
public sealed record EnsembleSelection(AnswerLoss Loss = AnswerLoss.RootMeanSquare, int Rounds = 20, int MostAtStart = 5, int Bags = 20)
{
    /// <param name="answers">[model][N × width] on held-out rows.</param>
    /// <param name="targets">[N, width]</param>
    /// <param name="width">Numbers of an answer.</param>
    /// <param name="seed">Which models a bag has.</param>
    /// <returns>How often each model was taken, and the loss of the ensemble.</returns>
    public (int[] Counts, double Loss) Choose(IReadOnlyList<float[]> answers, float[] targets, int width, Seed seed)
    {
        var ranked = Enumerable.Range(0, answers.Count).OrderBy(model => Loss.Of(answers[model], targets, width)).ToArray();
        if (Bags == 1) return OfBag(answers, targets, width, ranked);
        var chosen = new int[Bags][];
        Parallel.For(0, Bags, bag =>
        {
            var half = BatchOrder.Permutation(ranked, seed, bag)[..((ranked.Length + 1) / 2)];
            chosen[bag] = OfBag(answers, targets, width, [.. ranked.Where(half.Contains)]).Counts;
        });
        int[] counts = [.. ranked.Select((_, model) => chosen.Sum(bag => bag[model]))];
        return (counts, Loss.Of(Mean(answers, counts), targets, width));
    }

    private (int[] Counts, double Loss) OfBag(IReadOnlyList<float[]> answers, float[] targets, int width, int[] ranked)
    {
        var (counts, sum, taken) = (new int[answers.Count], new double[targets.Length], 0);
        var (bestCounts, best) = (counts, double.PositiveInfinity);
        var mean = new float[targets.Length];
        void Add(int model)
        {
            counts[model]++;
            taken++;
            for (var i = 0; i < sum.Length; i++) sum[i] += answers[model][i];
            for (var i = 0; i < mean.Length; i++) mean[i] = (float)(sum[i] / taken);
            var loss = Loss.Of(mean, targets, width);
            if (loss < best) (bestCounts, best) = ([.. counts], loss);
        }
        double Trial(float[] other)
        {
            for (var i = 0; i < mean.Length; i++) mean[i] = (float)((sum[i] + other[i]) / (taken + 1));
            return Loss.Of(mean, targets, width);
        }
        foreach (var model in ranked.Take(MostAtStart)) Add(model);
        // what the start added beyond its best size is taken back
        (counts, taken) = ([.. bestCounts], bestCounts.Sum());
        var kept = Mean(answers, counts);
        for (var i = 0; i < sum.Length; i++) sum[i] = (double)kept[i] * taken;
        for (var round = 0; round < Rounds; round++) Add(ranked.MinBy(model => Trial(answers[model])));
        return (bestCounts, best);
    }

    private static float[] Mean(IReadOnlyList<float[]> answers, int[] counts)
    {
        var (mean, taken) = (new float[answers[0].Length], (double)counts.Sum());
        for (var i = 0; i < mean.Length; i++)
        {
            var sum = 0.0;
            for (var model = 0; model < counts.Length; model++) sum += counts[model] * (double)answers[model][i];
            mean[i] = (float)(sum / taken);
        }
        return mean;
    }
}
