namespace Retort.Evaluation.Report;

/// <summary>The gain on a line, with its interval, the margin and the place of no gain.</summary>
/// <param name="Gain">Right of 0 is better.</param>
/// <param name="Interval">Its 95 % interval.</param>
/// <param name="Margin">The loss that still counts as none.</param>
/// <param name="Print">A difference in the unit of the gain.</param>
/// <param name="Least">Half of the line at least.</param>
internal sealed record GainPlot(double Gain, Interval Interval, double Margin, Func<double, string> Print, double Least)
{
    private const int Width = 720;

    public Markup Render()
    {
        var reach = 1.15 * new[] { Math.Abs(Interval.Low), Math.Abs(Interval.High), Margin * 1.5, Least }.Max();
        double X(double value) => Width / 2.0 + value / reach * (Width / 2.0 - 10);
        return Markup.Of($"""
            <svg viewBox="0 0 {Width} 74" role="img" aria-label="gain {Print(Gain)}">
            <line class="axis" x1="0" x2="{Width}" y1="34" y2="34"/>
            <line class="mark" x1="{X(0):0.#}" x2="{X(0):0.#}" y1="8" y2="52"/><text x="{X(0):0.#}" y="68" text-anchor="middle">no gain</text>
            <line class="mark" x1="{X(-Margin):0.#}" x2="{X(-Margin):0.#}" y1="20" y2="48"/>
            <rect x="{X(Interval.Low):0.#}" y="30" width="{Math.Max(2, X(Interval.High) - X(Interval.Low)):0.#}" height="8" rx="4" fill="var(--student)" opacity=".4"/>
            <circle cx="{X(Gain):0.#}" cy="34" r="7" fill="var(--student)"/>
            <text class="strong" x="{X(Gain):0.#}" y="18" text-anchor="middle" dx="{(Math.Abs(X(Gain) - X(0)) < 30 ? 32 : 0)}">{Print(Gain)}</text>
            <text x="{X(-Margin) - 6:0.#}" y="50" text-anchor="end">margin {Print(-Margin)}</text>
            </svg>
            """);
    }
}
