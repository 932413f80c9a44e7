namespace Retort.Evaluation.Language;

/// <summary>
/// Error that a model adds because it stands on its own words (Arora et al. 2022; Gu et al. 2024, MiniLLM, arXiv 2306.08543, appendix B.5):
/// R is KL(teacher ‖ model) summed along the tokens of an answer that the model sampled at T = 1, E the same along one that the teacher
/// sampled, each the mean over prompts; an answer that has ended adds nothing more. The excess is (R − E)/E.
/// </summary>
/// <param name="AlongOwn">R, nats an answer.</param>
/// <param name="AlongTeacher">E, nats an answer.</param>
public sealed record ExposureBias(double AlongOwn, double AlongTeacher)
{
    /// <summary>In percent; null where E is 0: the model answers as its teacher.</summary>
    public double? ExcessPercent => AlongTeacher > 0 ? 100 * (AlongOwn - AlongTeacher) / AlongTeacher : null;

    /// <param name="own">[prompts] sums along the model's own answers.</param>
    /// <param name="teacher">[prompts] sums along the teacher's.</param>
    public static ExposureBias Of(IReadOnlyList<double> own, IReadOnlyList<double> teacher) => new(own.Average(), teacher.Average());
}
