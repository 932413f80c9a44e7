using Retort.Evaluation;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Evaluation;

public sealed class EvaluationInputTests
{
    private static readonly EvaluationInput good = Cases.Input([0, 1], [0, 1], [0, 1], [0, 0]);

    [Fact]
    public void A_logit_that_is_not_a_number_names_its_row()
    {
        var input = good with { Student = new Predictions("student", 2, [1, 0, 0, float.NaN]) };
        var error = Assert.Throws<RetortException>(() => Evaluator.Evaluate(input));
        Assert.Contains("student", error.Message, StringComparison.Ordinal);
        Assert.Contains("row 1, class 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_inputs_are_refused()
    {
        EvaluationInput[] bad =
        [
            good with { Labels = [0, 2] },
            good with { Labels = [0, -1] },
            good with { Labels = [0, 1, 1] },
            good with { Labels = [] },
            good with { ClassNames = ["only"] },
            good with { Slice = [0, 1], SliceNames = ["one"] },
            good with { Slice = [0, 0] },
            good with { Margin = double.NaN },
            good with { Resamples = 0 },
            good with { Validation = new CalibrationSet(good.Teacher, good.Student, good.Baseline, [0]) },
        ];
        foreach (var input in bad)
            Assert.Throws<RetortException>(() => Evaluator.Evaluate(input));
    }
}
