namespace Retort.Evaluation;

/// <summary>Scores the numbers of teacher, student and baseline on the same test examples, in double and without any disk.</summary>
public static class RegressionEvaluator
{
    public static RegressionResult Evaluate(RegressionInput input)
    {
        input.Check();
        var truth = input.Truth;
        var mean = truth.Average(number => (double)number);
        var variance = truth.Average(number => (number - mean) * (number - mean));
        return new RegressionResult
        {
            Examples = truth.Length,
            Target = input.Target,
            Truth = truth,
            Teacher = Score(input.Teacher, null),
            Student = Score(input.Student, input.Teacher),
            Baseline = Score(input.Baseline, input.Teacher),
            Disturbed = input.Disturbed,
            Verdict = RegressionVerdict.Of(input.Target, Squares(input.Teacher.Answers, truth), Squares(input.Student.Answers, truth),
                Squares(input.Baseline.Answers, truth), variance, input.Margin * Math.Sqrt(variance), input.Resamples, input.Seed),
            Notes = input.Notes,
            Warnings = input.Warnings,
        };

        NumberScore Score(NumberAnswers model, NumberAnswers? teacher)
        {
            var squared = Squares(model.Answers, truth).Average();
            return new NumberScore
            {
                Name = model.Name,
                Rmse = Math.Sqrt(squared),
                Mae = model.Answers.Zip(truth, (answer, number) => Math.Abs((double)answer - number)).Average(),
                R2 = variance > 0 ? 1 - squared / variance : null,
                RmseFromTeacher = teacher is null ? null : Math.Sqrt(Squares(model.Answers, teacher.Answers).Average()),
                Facts = model.Facts,
                Answers = model.Answers,
            };
        }
    }

    /// <summary>[N] squared distances.</summary>
    private static double[] Squares(float[] answers, float[] numbers) =>
        [.. answers.Zip(numbers, (answer, number) => ((double)answer - number) * ((double)answer - number))];
}
