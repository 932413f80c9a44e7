namespace Retort.Evaluation.Metrics;

/// <summary>One class or slice: its examples and the three accuracies on them, null where it has no example.</summary>
public sealed record GroupRow(string Name, int Examples, double? Teacher, double? Student, double? Baseline);

/// <summary>
/// Accuracy within groups of examples: per class (= recall) and per slice. Compression hurts rare classes most
/// (Hooker et al. 2019, "What do compressed deep neural networks forget?"), which one average hides.
/// </summary>
public static class GroupAccuracy
{
    /// <summary>Columns hold 1 for right and 0 for wrong; <paramref name="group"/> the group of each example, −1 for none.</summary>
    public static IReadOnlyList<GroupRow> Of(double[] teacher, double[] student, double[] baseline, int[] group, string[] names)
    {
        var counts = new int[names.Length];
        var sums = new double[names.Length, 3];
        for (var i = 0; i < group.Length; i++)
        {
            var g = group[i];
            if (g < 0)
                continue;
            counts[g]++;
            sums[g, 0] += teacher[i];
            sums[g, 1] += student[i];
            sums[g, 2] += baseline[i];
        }

        var rows = new GroupRow[names.Length];
        for (var g = 0; g < names.Length; g++)
            rows[g] = new GroupRow(names[g], counts[g], Mean(g, 0), Mean(g, 1), Mean(g, 2));
        return rows;

        double? Mean(int g, int column) => counts[g] == 0 ? null : sums[g, column] / counts[g];
    }
}
