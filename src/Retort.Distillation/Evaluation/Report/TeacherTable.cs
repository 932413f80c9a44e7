using Retort.Evaluation.Metrics;

namespace Retort.Evaluation.Report;

/// <summary>Several teachers: each for itself, how often two agree, and what becomes of the examples on which they differ.</summary>
internal static class TeacherTable
{
    private const int MostTeachers = 12;

    public static Markup Render(Disagreement? teachers)
    {
        if (teachers is null) return Markup.Empty;
        var shown = Enumerable.Range(0, Math.Min(MostTeachers, teachers.Accuracies.Count)).ToList();
        var heads = shown.Select(i => Markup.Of($"<th class=\"n\">with {i}</th>"));
        var rows = shown.Select(i => Markup.Of($"""
            <tr><td>teacher {i}</td><td class="n">{Figures.Percent(teachers.Accuracies[i])}</td>
            {Markup.Join(shown.Select(j => Markup.Of($"<td class=\"n\">{(i == j ? "" : Figures.Percent(teachers.Agreements[i][j]))}</td>")))}</tr>
            """));
        return Markup.Of($"""
            <h2>The teachers</h2><div class="card"><table><tr><th></th><th class="n">Accuracy</th>{Markup.Join(heads)}</tr>{Markup.Join(rows)}</table>
            <p class="note">All {teachers.Accuracies.Count} say the same on {Figures.Percent(teachers.Unanimous)} of the examples; there the student is right on {Cell(teachers.StudentUnanimous)}.
            Where they differ their mixture is right on {Cell(teachers.TeachersElsewhere)}, the student on {Cell(teachers.StudentElsewhere)}.</p></div>
            """);
    }

    private static string Cell(double? share) => share is { } known ? Figures.Percent(known) : "–";
}
