using Retort.Evaluation.Metrics;

namespace Retort.Evaluation;

/// <summary>Scores teacher, student and baseline on the same test examples, in double and without any disk.</summary>
public static class Evaluator
{
    public static EvaluationResult Evaluate(EvaluationInput input)
    {
        input.Check();
        var labels = input.Labels;
        var teacher = Accuracy.PerExample(input.Teacher, labels);
        var student = Accuracy.PerExample(input.Student, labels);
        var baseline = Accuracy.PerExample(input.Baseline, labels);
        return new EvaluationResult
        {
            Examples = labels.Length,
            Teacher = Score(input.Teacher, input.TeacherFacts, input, input.Validation?.Teacher, null),
            Student = Score(input.Student, input.StudentFacts, input, input.Validation?.Student, input.Teacher)
                with { Sentences = input.StudentSentences },
            Baseline = Score(input.Baseline, input.BaselineFacts, input, input.Validation?.Baseline, input.Teacher)
                with { Sentences = input.BaselineSentences },
            PerClass = GroupAccuracy.Of(teacher, student, baseline, labels, input.ClassNames),
            PerSlice = input is { Slice: { } slice, SliceNames: { } names }
                ? GroupAccuracy.Of(teacher, student, baseline, slice, names)
                : null,
            Disturbed = input.Disturbed,
            Teachers = input.Teachers.Count > 1 ? Disagreement.Of(input.Teachers, input.Teacher, input.Student, labels) : null,
            Verdict = Verdict.Of(teacher, student, baseline, input.Margin, input.Resamples, input.Seed),
            Notes = input.Notes,
            Warnings = input.Warnings,
        };
    }

    private static ModelResult Score(Predictions model, ModelFacts facts, EvaluationInput input, Predictions? validation,
        Predictions? teacher)
    {
        var labels = input.Labels;
        var accuracy = Accuracy.Of(model, labels);
        var reliability = ExpectedCalibrationError.Reliability(model, labels);
        double? temperature = validation is null ? null : BestTemperature.Of(validation, input.Validation!.Labels);
        return new ModelResult
        {
            Name = model.Name,
            Accuracy = accuracy,
            Loss = NegativeLogLikelihood.Of(model, labels),
            Ece = ExpectedCalibrationError.Of(reliability),
            Brier = BrierScore.Of(model, labels),
            Facts = facts,
            Reliability = reliability,
            Confusion = ConfusionMatrix.Of(model, labels),
            BestTemperature = temperature,
            EceAtBestTemperature = temperature is { } t ? ExpectedCalibrationError.Of(model, labels, t) : null,
            Fidelity = teacher is null ? null : Closeness(teacher, model, labels, accuracy),
        };
    }

    private static Fidelity Closeness(Predictions teacher, Predictions model, int[] labels, double accuracy)
    {
        var teacherAccuracy = Accuracy.Of(teacher, labels);
        return new Fidelity(
            Agreement.Of(teacher, model),
            KlFromTeacher.Of(teacher, model),
            teacherAccuracy > 0 ? accuracy / teacherAccuracy : null,
            Top5Overlap.Of(teacher, model),
            Flips.Of(teacher, model, labels));
    }
}
