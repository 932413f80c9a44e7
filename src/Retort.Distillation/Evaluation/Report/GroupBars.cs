using Retort.Evaluation.Metrics;

namespace Retort.Evaluation.Report;

/// <summary>Accuracy per class as bars, and per slice as a table, the student's worst marked.</summary>
internal static class GroupBars
{
    private const int MostRows = 40;

    public static Markup Classes(IReadOnlyList<GroupRow> rows)
    {
        var worst = Worst(rows);
        var shown = rows.Count <= MostRows
            ? rows
            : rows.Where(row => row.Examples > 0).OrderBy(row => row.Student).Take(MostRows).ToArray();
        var note = rows.Count <= MostRows
            ? Markup.Empty
            : Markup.Of($"<p class=\"note\">The {shown.Count} lowest of {rows.Count} classes.</p>");
        var lines = shown.Select(row => Markup.Of($"""
            <tr><td>{row.Name}{Tag(row, worst)}</td><td class="n note">{row.Examples}</td>
            <td style="width:55%">{Bar("teacher", row.Teacher)}{Bar("student", row.Student)}{Bar("baseline", row.Baseline)}</td>
            <td class="n">{Cell(row.Student)}</td></tr>
            """));
        return Markup.Of($"""
            <h2>Accuracy per class</h2><div class="card"><div class="key"><span><i style="background:var(--teacher)"></i>teacher</span>
            <span><i style="background:var(--student)"></i>student</span><span><i style="background:var(--baseline)"></i>baseline</span></div>
            <table class="bars"><tr><th>Class</th><th class="n">Examples</th><th></th><th class="n">Student</th></tr>{Markup.Join(lines)}</table>{note}</div>
            """);
    }

    public static Markup Slices(IReadOnlyList<GroupRow>? rows) => Table("Accuracy per slice", "Slice", rows);

    public static Markup Groups(IReadOnlyList<GroupRow>? rows) => Table("Right answers in each group", "Group", rows);

    public static Markup Disturbed(IReadOnlyList<GroupRow>? rows) => Table("Accuracy on worse inputs", "Disturbance", rows);

    /// <summary>The same of root mean square errors.</summary>
    public static Markup DisturbedNumbers(IReadOnlyList<GroupRow>? rows) =>
        Table("Root mean square error on worse inputs", "Disturbance", rows, Figures.Significant, row => -row.Student);

    /// <summary>The same of losses.</summary>
    public static Markup DisturbedLosses(IReadOnlyList<GroupRow>? rows) =>
        Table("Nats a token behind worse texts", "Disturbance", rows, Figures.Significant, row => -row.Student);

    private static Markup Table(string title, string head, IReadOnlyList<GroupRow>? rows, Func<double, string>? print = null,
        Func<GroupRow, double?>? quality = null)
    {
        if (rows is null || rows.Count == 0)
            return Markup.Empty;
        var worst = Worst(rows, quality);
        string Print(double? figure) => Cell(figure, print);
        var lines = rows.Select(row => Markup.Of($"""
            <tr><td>{row.Name}{Tag(row, worst)}</td><td class="n">{row.Examples}</td><td class="n">{Print(row.Teacher)}</td><td class="n">{Print(row.Student)}</td><td class="n">{Print(row.Baseline)}</td></tr>
            """));
        return Markup.Of($"""
            <h2>{title}</h2><div class="card"><table><tr><th>{head}</th><th class="n">Examples</th><th class="n teacher">Teacher</th>
            <th class="n student">Student</th><th class="n baseline">Baseline</th></tr>{Markup.Join(lines)}</table></div>
            """);
    }

    private static GroupRow? Worst(IReadOnlyList<GroupRow> rows, Func<GroupRow, double?>? quality = null)
        => rows.Count(row => row.Examples > 0) < 2 ? null : rows.Where(row => row.Examples > 0).MinBy(quality ?? (row => row.Student));

    private static Markup Tag(GroupRow row, GroupRow? worst)
        => ReferenceEquals(row, worst) ? new Markup("<span class=\"tag\">worst</span>") : Markup.Empty;

    private static Markup Bar(string model, double? share) => share is { } known
        ? Markup.Of($"<div class=\"bar\" style=\"width:{known * 100:0.##}%;background:var(--{model})\" title=\"{model} {Figures.Percent(known)}\"></div>")
        : Markup.Empty;

    private static string Cell(double? figure, Func<double, string>? print = null) =>
        figure is { } known ? (print ?? Figures.Percent)(known) : "–";
}
