using System.Globalization;
using Retort.Evaluation;

namespace Retort.Judging;

/// <summary>
/// Whether a teacher is clearly better than its student already is, on a few questions whose answers are known, before the rest is paid
/// for. The whole decides: Wilson's lower limit of the teacher's share must be above the student's share of the same questions. Slices are
/// listed, and one in which the teacher is worse (McNemar's mid-p, Holm over the slices) is named.
/// </summary>
public sealed class TeacherSample
{
    private readonly List<Row> _rows = [];

    private TeacherSample() { }

    /// <summary>A part of the questions.</summary>
    /// <param name="Name">Of it.</param>
    /// <param name="Questions">In it.</param>
    /// <param name="Teacher">That the teacher gets right.</param>
    /// <param name="Student">That the student gets right as it is; null = it answers nothing yet.</param>
    /// <param name="IsWorse">The teacher is clearly worse than the student.</param>
    public sealed record Row(string Name, int Questions, int Teacher, int? Student, bool IsWorse);

    public required Row Whole { get; init; }

    /// <summary>Empty where nobody named slices.</summary>
    public IReadOnlyList<Row> Slices => _rows;

    public bool IsWorthIt => Whole.Teacher > 0 && Low > Share;

    private double Low => new PublishedCounts(Whole.Teacher, Whole.Questions).Wilson.Low;

    private double Share => (Whole.Student ?? 0) / (double)Whole.Questions;

    /// <param name="teacher">[questions] which it answers rightly; at least one.</param>
    /// <param name="student">[questions] the same of the student as it is; null = it answers nothing yet.</param>
    /// <param name="slices">[questions] of which part each is; empty = nobody said.</param>
    public static TeacherSample Of(IReadOnlyList<bool> teacher, IReadOnlyList<bool>? student, IReadOnlyList<string> slices)
    {
        var all = Enumerable.Range(0, teacher.Count);
        var check = new TeacherSample { Whole = RowOf("all", [.. all], teacher, student).Row };
        if (slices.Count == 0) return check;
        var found = all.GroupBy(i => slices[i], StringComparer.Ordinal).OrderBy(slice => slice.Key, StringComparer.Ordinal)
            .Select(slice => RowOf(slice.Key, [.. slice], teacher, student)).ToList();
        var holm = Holm.Adjusted([.. found.Select(one => one.P)]);
        check._rows.AddRange(found.Select((one, i) => one.Row with { IsWorse = one.Row.IsWorse && holm[i] <= 0.05 }));
        return check;
    }

    public string Text
    {
        get
        {
            var facts = string.Create(CultureInfo.InvariantCulture, $"{Whole.Teacher} of {Whole.Questions} graded questions right ({100.0 * Whole.Teacher / Whole.Questions:0.0} %, at least {100 * Low:0.0} with 97.5 % confidence), the student as it is ")
                + (Whole.Student is { } own ? string.Create(CultureInfo.InvariantCulture, $"{own} ({100 * Share:0.0} %)") : "none");
            var rows = _rows.Count < 2 ? "" : "; by slice: " + string.Join(", ", _rows.Select(row =>
                $"{row.Name} {row.Teacher} of {row.Questions}{(row.Student is { } its ? $" (student {its})" : "")}"));
            var worse = _rows.Where(row => row.IsWorse).Select(row => row.Name).ToList();
            return facts + rows + (worse.Count == 0 ? "" : $"; the teacher is clearly worse than the student on: {string.Join(", ", worse)}");
        }
    }

    private static (Row Row, double P) RowOf(string name, int[] own, IReadOnlyList<bool> teacher, IReadOnlyList<bool>? student)
    {
        var right = own.Count(i => teacher[i]);
        if (student is null) return (new Row(name, own.Length, right, null, false), 1);
        var signs = McNemar.Of(own.Count(i => student[i] && !teacher[i]), own.Count(i => teacher[i] && !student[i]));
        return (new Row(name, own.Length, right, own.Count(i => student[i]), signs.OnlyFirst > signs.OnlySecond), signs.MidP);
    }
}
