namespace Retort.Evaluation.Metrics;

/// <summary>
/// Where several teachers differ. Their mixture is no better than its best member where all say the same; what it adds, and what a
/// student cannot learn from it, lies where they do not.
/// </summary>
/// <param name="Accuracies">Of each teacher.</param>
/// <param name="Agreements">[k][k] share of examples on which two choose the same class.</param>
/// <param name="Unanimous">Share of examples on which all do.</param>
/// <param name="TeachersElsewhere">Accuracy of the mixture on the other examples; null when there are none.</param>
/// <param name="StudentUnanimous">Accuracy of the student where all teachers agree; null when they never do.</param>
/// <param name="StudentElsewhere">Accuracy of the student on the other examples; null when there are none.</param>
public sealed record Disagreement(IReadOnlyList<double> Accuracies, IReadOnlyList<IReadOnlyList<double>> Agreements, double Unanimous,
    double? TeachersElsewhere, double? StudentUnanimous, double? StudentElsewhere)
{
    /// <param name="teachers">Two or more.</param>
    /// <param name="mixture">What they say together.</param>
    /// <param name="student">Who learnt from them.</param>
    /// <param name="labels">True classes.</param>
    public static Disagreement Of(IReadOnlyList<Predictions> teachers, Predictions mixture, Predictions student, int[] labels)
    {
        var unanimous = Enumerable.Range(0, labels.Length)
            .Where(i => teachers.All(teacher => teacher.Top(i) == teachers[0].Top(i))).ToHashSet();
        var elsewhere = Enumerable.Range(0, labels.Length).Where(i => !unanimous.Contains(i)).ToList();
        double? Right(Predictions model, IReadOnlyCollection<int> rows) =>
            rows.Count == 0 ? null : rows.Count(row => model.Top(row) == labels[row]) / (double)rows.Count;
        return new Disagreement(
            [.. teachers.Select(teacher => Accuracy.Of(teacher, labels))],
            [.. teachers.Select(one => (IReadOnlyList<double>)[.. teachers.Select(other => Agreement.Of(one, other))])],
            (double)unanimous.Count / labels.Length, Right(mixture, elsewhere), Right(student, unanimous), Right(student, elsewhere));
    }
}
