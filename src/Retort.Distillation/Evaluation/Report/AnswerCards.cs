using Retort.Evaluation.Language;

namespace Retort.Evaluation.Report;

/// <summary>What teacher, student and baseline answer, side by side, where student and teacher differ.</summary>
internal static class AnswerCards
{
    public static Markup Render(IReadOnlyList<SideBySide> answers)
    {
        if (answers.Count == 0) return Markup.Empty;
        var rows = answers.Select(answer => Markup.Of($"""
            <tr><td class="wide"><code>{answer.Prompt}</code></td><td class="wide"><code>{answer.Expected}</code></td>
            {Cell(answer.Teacher, answer.TeacherRight)}{Cell(answer.Student, answer.StudentRight)}{Cell(answer.Baseline, answer.BaselineRight)}</tr>
            """));
        return Markup.Of($"""
            <h2>Where teacher and student answer differently</h2><div class="card"><table><tr><th>Prompt</th><th>In the data</th><th class="teacher">Teacher</th>
            <th class="student">Student</th><th class="baseline">Baseline</th></tr>{Markup.Join(rows)}</table></div>
            """);
    }

    private static Markup Cell(string answer, bool? right) => Markup.Of(
        $"<td class=\"wide\"><code>{answer}</code> {(right is { } known ? known ? "✓" : "✗" : "")}</td>");
}
