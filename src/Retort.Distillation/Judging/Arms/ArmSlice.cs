using Retort.Evaluation;

namespace Retort.Judging.Arms;

/// <summary>A part of the items: what the long tail loses is not seen in the mean.</summary>
/// <param name="Name">Of the part.</param>
/// <param name="Items">In it, graded for student and teacher.</param>
/// <param name="Means">Of each arm, by role; an arm without a grade in it is absent.</param>
/// <param name="Difference">Student less teacher; null = no item is graded for both.</param>
/// <param name="Interval">Of the difference; null where the slice is too small for one.</param>
/// <param name="Finding"><see cref="TooSmall"/>, <see cref="Worse"/>, or <see cref="NothingShown"/>.</param>
public sealed record ArmSlice(string Name, int Items, IReadOnlyDictionary<ArmRole, double> Means, double? Difference, Interval? Interval,
    string Finding)
{
    public const string TooSmall = "too small to say", Worse = "worse than the teacher", NothingShown = "no loss shown";

    /// <returns>The worst first; empty where nobody named slices.</returns>
    /// <param name="arms">All arms, on the same items.</param>
    /// <param name="resamples">Of the bootstrap.</param>
    /// <param name="seed">Of the bootstrap.</param>
    internal static IReadOnlyList<ArmSlice> Of(IReadOnlyList<Arm> arms, int resamples, ulong seed)
    {
        var ids = arms[0].Items.Keys;
        if (!arms.Any(arm => arm.Items.Values.Any(item => item.Slice is not null))) return [];
        var slices = ids.GroupBy(id => arms.Select(arm => arm.Items[id].Slice).FirstOrDefault(slice => slice is not null) ?? "(none)",
            StringComparer.Ordinal);
        var found = slices.Select(slice => Of(slice.Key, [.. slice], arms, resamples, seed)).ToList();
        var holm = Holm.Adjusted([.. found.Select(one => one.P)]);
        return [.. found
            .Select((one, i) => one.Slice.Finding == Worse && holm[i] > 0.05 ? one.Slice with { Finding = NothingShown } : one.Slice)
            .OrderBy(slice => slice.Difference ?? double.PositiveInfinity).ThenBy(slice => slice.Name, StringComparer.Ordinal)];
    }

    private static (ArmSlice Slice, double P) Of(string name, string[] ids, IReadOnlyList<Arm> arms, int resamples, ulong seed)
    {
        var means = arms.Select(arm => (arm.Role, Scores: ids.Select(id => arm.Items[id].Score).OfType<double>().ToArray()))
            .Where(arm => arm.Scores.Length > 0).ToDictionary(arm => arm.Role, arm => arm.Scores.Average());
        Arm teacher = arms.First(arm => arm.Role == ArmRole.Teacher), student = arms.First(arm => arm.Role == ArmRole.Student);
        string[] both = [.. ids.Where(id => teacher.Items[id].Score is not null && student.Items[id].Score is not null)];
        if (both.Length == 0) return (new ArmSlice(name, 0, means, null, null, TooSmall), 1);
        Dictionary<string, double?> Of(Arm arm) => both.ToDictionary(id => id, id => arm.Items[id].Score);
        var judged = new PairedScores(Of(teacher), Of(student), (teacher.Name, student.Name)).Judge(0, resamples, seed);
        return both.Length < Verdict.FewestExamples
            ? (new ArmSlice(name, both.Length, means, judged.Difference, null, TooSmall), 1)
            : (new ArmSlice(name, both.Length, means, judged.Difference, judged.Interval,
                judged.Outcome == Verdict.Worse ? Worse : NothingShown), judged.P!.Value);
    }
}
