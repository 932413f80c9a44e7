namespace Retort.Tracks;

/// <summary>
/// Spoken digits taught by a teacher of handwritten ones, by the shipped recipe, seed after seed, beside the same student that learns from
/// the tenth of the recordings with classes. The teacher's answers, a middle layer (supervision transfer), and InfoNCE between the
/// encoders.
/// </summary>
internal sealed class CrossModalTrack(string folder)
{
    private const string Layers = "features: {student: hidden.0, teacher: hidden.0}";

    private static readonly (string Name, string[] Changes)[] Ways =
    [
        ("answers", []),
        ("supervision transfer", [$"student.objective=[{{name: supervision-transfer, length: one, softWeight: 5, {Layers}}}, {{name: hard-label}}]"]),
        ("contrastive transfer", [$"student.objective=[{{name: contrastive-transfer, {Layers}}}, {{name: hard-label}}]"]),
    ];

    /// <summary>Whether the bar is met.</summary>
    /// <param name="seeds">Seeds from 1.</param>
    /// <param name="overrides">Changes of the recipe, as --set takes them; then only validation recordings are looked at.</param>
    public bool Run(int seeds, IReadOnlyList<string> overrides)
    {
        var bars = new Bars();
        foreach (var (name, changes) in Ways)
        {
            var rows = Enumerable.Range(1, seeds).Select(seed => One([.. changes, .. overrides, $"seed={seed}"], overrides.Count > 0)).ToList();
            Console.WriteLine($"{name}, {seeds} seeds{(overrides.Count > 0 ? ", validation recordings, " + string.Join(' ', overrides) : "")}");
            MeanRow.Show("teacher, of images", rows.Select(row => row.Teacher));
            var alone = MeanRow.Show("student without a teacher", rows.Select(row => row.Alone));
            var student = MeanRow.Show("student", rows.Select(row => row.Student));
            MeanRow.Show("gain of the student", rows.Select(row => row.Student - row.Alone));
            if (name == "answers" && overrides.Count == 0) bars.Check("student − student without a teacher, points", student - alone, 0.01, 100);
        }
        return bars.AllMet;
    }

    private (double Teacher, double Alone, double Student) One(IReadOnlyList<string> overrides, bool validation)
    {
        using var trained = new TrainedRecipe("spoken-digits", folder, overrides);
        var part = validation ? trained.Data.Validation : trained.Data.Test;
        return (trained.Right(trained.Teacher, part.ForTeacher), trained.Right(trained.Alone, part), trained.Right(trained.Student, part));
    }
}
