namespace Retort.Evaluation.Report;

/// <summary>Training curves: one plot for each panel, linear axes, at most 300 points a curve.</summary>
internal static class CurvePlots
{
    private const int Width = 480, Height = 250, Left = 52, Right = 12, Top = 10, Bottom = 30, MostPoints = 300;

    public static Markup Render(IReadOnlyList<Curve> curves)
    {
        var panels = curves
            .Select(curve => curve with { Points = curve.Points.Where(p => double.IsFinite(p.Step) && double.IsFinite(p.Value)).ToArray() })
            .Where(curve => curve.Points.Count > 0)
            .GroupBy(curve => curve.Panel)
            .Select(panel => Panel(panel.Key, panel.ToArray()))
            .ToArray();
        return panels.Length == 0 ? Markup.Empty : Markup.Of($"<h2>Training</h2><div class=\"grid\">{Markup.Join(panels)}</div>\n");
    }

    private static Markup Panel(string title, Curve[] curves)
    {
        var all = curves.SelectMany(curve => curve.Points).ToArray();
        double left = all.Min(p => p.Step), right = all.Max(p => p.Step), low = all.Min(p => p.Value), high = all.Max(p => p.Value);
        if (right <= left)
            right = left + 1;
        if (high <= low)
            (low, high) = (low - 0.5, high + 0.5);
        double X(double step) => Left + (step - left) / (right - left) * (Width - Left - Right);
        double Y(double value) => Top + (high - value) / (high - low) * (Height - Top - Bottom);
        var grid = Ticks(low, high).Select(value => Markup.Of(
            $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):0.#}\" y2=\"{Y(value):0.#}\"/><text x=\"{Left - 6}\" y=\"{Y(value) + 4:0.#}\" text-anchor=\"end\">{Figures.Short(value)}</text>"));
        var lines = curves.Select((curve, i) => Markup.Of(
            $"<polyline fill=\"none\" stroke=\"{Colour(curve.Name, i)}\" stroke-width=\"2\" stroke-linejoin=\"round\" points=\"{Points(curve, X, Y)}\"/>"));
        var key = curves.Select((curve, i) => Markup.Of($"<span><i style=\"background:{Colour(curve.Name, i)}\"></i>{curve.Name}</span>"));
        return Markup.Of($"""
            <div class="card"><h3>{title}</h3><div class="key">{Markup.Join(key)}</div>
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{title}">{Markup.Join(grid)}{Markup.Join(lines)}
            <text x="{Left}" y="{Height - 10}">{Figures.Short(left)}</text><text x="{Width - Right}" y="{Height - 10}" text-anchor="end">step {Figures.Short(right)}</text></svg></div>
            """);
    }

    /// <summary>Round values inside the range, 1, 2 or 5 times a power of ten apart, about five of them.</summary>
    internal static IEnumerable<double> Ticks(double low, double high)
    {
        var rough = (high - low) / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * (rough / power switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        var first = Math.Ceiling(low / step);
        // Counted, for where the range is tiny beside its values, first + 1 may equal first.
        for (var k = 0; k <= 10 && (first + k) * step <= high; k++)
            yield return (first + k) * step;
    }

    private static Markup Points(Curve curve, Func<double, double> x, Func<double, double> y)
    {
        var stride = Math.Max(1, (int)Math.Ceiling((double)curve.Points.Count / MostPoints));
        var last = curve.Points.Count - 1;
        return Markup.Join(curve.Points.Where((_, i) =>
            i % stride == 0 || i == last).Select(p => Markup.Of($"{x(p.Step):0.#},{y(p.Value):0.#} ")));
    }

    private static string Colour(string name, int index)
    {
        foreach (var known in new[] { "student", "baseline", "teacher" })
            if (name.Contains(known, StringComparison.OrdinalIgnoreCase))
                return $"var(--{known})";
        return $"hsl({(index * 67 + 150) % 360} 45% 50%)";
    }
}
