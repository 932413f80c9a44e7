using Retort.Tensors;

namespace Retort.Data;

/// <summary>Which of several answers to a prompt are held against each other.</summary>
public static class AnswerCircle
{
    /// <summary>Each answer and the next few in a circle whose order is drawn: each meets as many, and no two meet twice.</summary>
    /// <param name="answers">How many there are.</param>
    /// <param name="opponents">Next ones that each is held against; 0 = every one meets every other.</param>
    /// <param name="draw">Of the order, and of which stands first.</param>
    public static (int First, int Second)[] Of(int answers, int opponents, Seed draw)
    {
        var order = BatchOrder.Permutation([.. Enumerable.Range(0, answers)], draw, 0);
        var away = Math.Min(opponents == 0 ? answers : opponents, answers / 2);
        var met = new HashSet<(int, int)>();
        return [.. Enumerable.Range(1, away).SelectMany(next => Enumerable.Range(0, answers).Select(place =>
            (First: order[place], Second: order[(place + next) % answers])))
            .Where(pair => met.Add((Math.Min(pair.First, pair.Second), Math.Max(pair.First, pair.Second))))];
    }
}
