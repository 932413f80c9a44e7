namespace Retort.Evaluation.Report;

/// <summary>
/// Critical-difference diagram (Demšar 2006): mean ranks on a line, 1 at the left is best; a bar joins those that lie closer than the
/// critical distance, which the seeds at hand cannot tell apart.
/// </summary>
internal static class RankPlot
{
    private const int Width = 900, Left = 40, Right = 860, LineHeight = 18, Axis = 46;

    /// <param name="names">Of the rows.</param>
    /// <param name="ranks">Mean rank of each.</param>
    /// <param name="distance">The critical distance.</param>
    public static Markup Render(IReadOnlyList<string> names, IReadOnlyList<double> ranks, double distance)
    {
        var count = names.Count;
        double X(double rank) => Left + (rank - 1) / Math.Max(1, count - 1) * (Right - Left);
        var order = Enumerable.Range(0, count).OrderBy(i => ranks[i]).ToList();
        var bars = Cliques([.. order.Select(i => ranks[i])], distance);
        var top = Axis + 14 + 8 * bars.Count;
        var rows = (count + 1) / 2;
        var ticks = Enumerable.Range(1, count).Where(rank => count <= 20 || rank % 5 == 0 || rank == 1).Select(rank => Markup.Of(
            $"<line class=\"axis\" x1=\"{X(rank):0.#}\" x2=\"{X(rank):0.#}\" y1=\"{Axis - 5}\" y2=\"{Axis}\"/><text x=\"{X(rank):0.#}\" y=\"{Axis - 9}\" text-anchor=\"middle\">{rank}</text>"));
        var lines = order.Select((i, place) =>
        {
            var better = place < rows;
            var y = top + 14 + LineHeight * (better ? place : count - 1 - place);
            var end = better ? Left - 30 : Right + 30;
            return Markup.Of($"""
                <polyline class="axis" fill="none" points="{X(ranks[i]):0.#},{Axis} {X(ranks[i]):0.#},{y} {end},{y}"/>
                <text class="strong" x="{end}" y="{y - 3}" text-anchor="{(better ? "start" : "end")}">{names[i]} {ranks[i]:0.00}</text>
                """);
        });
        var joined = bars.Select((bar, i) => Markup.Of(
            $"<line x1=\"{X(bar.From) - 4:0.#}\" x2=\"{X(bar.To) + 4:0.#}\" y1=\"{Axis + 9 + 8 * i}\" y2=\"{Axis + 9 + 8 * i}\" stroke=\"var(--student)\" stroke-width=\"4\"/>"));
        var height = top + 24 + LineHeight * rows;
        return Markup.Of($"""
            <svg viewBox="0 0 {Width} {height}" width="{Width}" role="img" aria-label="mean ranks and critical distance">
            <line class="axis" x1="{Left}" x2="{Right}" y1="{Axis}" y2="{Axis}"/>{Markup.Join(ticks)}
            <line x1="{Left}" x2="{Left + distance / Math.Max(1, count - 1) * (Right - Left):0.#}" y1="14" y2="14" stroke="var(--ink)" stroke-width="2"/>
            <text x="{Left}" y="10">critical distance {distance:0.00}</text>
            {Markup.Join(lines)}{Markup.Join(joined)}</svg>
            """);
    }

    /// <summary>Longest stretches of ranks within the distance; each holds two or more, none lies in another.</summary>
    /// <param name="ranks">Ascending.</param>
    /// <param name="distance">The critical distance.</param>
    internal static IReadOnlyList<(double From, double To)> Cliques(IReadOnlyList<double> ranks, double distance)
    {
        var found = new List<(double From, double To)>();
        var reached = -1;
        for (var first = 0; first < ranks.Count; first++)
        {
            var last = first;
            while (last + 1 < ranks.Count && ranks[last + 1] - ranks[first] < distance) last++;
            if (last > first && last > reached) found.Add((ranks[first], ranks[last]));
            reached = Math.Max(reached, last);
        }
        return found;
    }
}
