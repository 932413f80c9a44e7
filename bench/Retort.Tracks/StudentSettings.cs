namespace Retort.Tracks;

/// <summary>How the students of a task learn; what was tried is in docs/log.md.</summary>
/// <param name="BatchSize">Rows of an update.</param>
/// <param name="LearningRate">Of Adam.</param>
/// <param name="Students">Of 400,000 rows, which differ in first weights and order; validation chooses one.</param>
/// <param name="KeepsLast">Students of 100,000 rows and more keep the last weights, not the best look: the rate is 0 by then.</param>
/// <param name="GridRows">Made-up rows of a student that tries p and s.</param>
/// <param name="GridSteps">Its updates.</param>
internal sealed record StudentSettings(int BatchSize, double LearningRate, int Students, bool KeepsLast, int GridRows, int GridSteps)
{
    /// <summary>
    /// A task with both classes (letter.p2) is hard to fit: large batches. ADULT's hundred inputs would take too long so. Where one class
    /// is rare (letter.p1) a thousand validation rows hold thirty of it, too few to choose among looks by, and students that differ only in
    /// first weights differ much: several are made, in small batches, which fit it as well.
    /// </summary>
    public static StudentSettings Of(CompressionTask task) =>
        task.Train.Targets.Average() < 0.1 ? new StudentSettings(200, 0.01, 3, true, 36_000, 40_000)
        : task.Layout.Width > 32 ? new StudentSettings(100, 0.01, 1, false, 96_000, 40_000)
        : new StudentSettings(1000, 0.02, 1, false, 96_000, 40_000);
}
