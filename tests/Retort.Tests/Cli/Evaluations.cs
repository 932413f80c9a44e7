using Retort.Evaluation;
using Retort.Tests.Distillation.Evaluation;

namespace Retort.Tests.Cli;

internal static class Evaluations
{
    public static EvaluationResult Toy() => Evaluator.Evaluate(Cases.Hundred(teacher: 95, student: 90, baseline: 70));
}
