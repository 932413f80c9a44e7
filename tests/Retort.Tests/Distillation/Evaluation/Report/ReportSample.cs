using Retort.Evaluation;
using Retort.Evaluation.Report;

namespace Retort.Tests.Distillation.Evaluation.Report;

/// <summary>A report with every section, from seeded made-up logits.</summary>
internal static class ReportSample
{
    public static ReportInput Input(int examples = 2000, int classes = 10)
    {
        var draws = new ResampleStream(42);
        var labels = Enumerable.Range(0, examples).Select(i => i % classes).ToArray();
        var evaluation = new EvaluationInput
        {
            Teacher = Model("teacher (1200-1200)", 7, 0),
            Student = Model("student (30)", 5.6f, 1),
            Baseline = Model("student (30), no teacher", 4.9f, 2),
            TeacherFacts = new ModelFacts(2_395_210, 9_580_840, new LatencyFacts(0.412, 0.44, 0.455, 0.61), 31_000),
            StudentFacts = new ModelFacts(23_860, 95_440, new LatencyFacts(0.011, 0.012, 0.013, 0.02), 2_100_000),
            BaselineFacts = new ModelFacts(23_860, 95_440),
            Labels = labels,
            ClassNames = Enumerable.Range(0, classes).Select(c => c.ToString()).ToArray(),
            Slice = labels.Select(y => y % 3).ToArray(),
            SliceNames = ["plain", "noisy", "rotated"],
            Seed = 1,
        };
        return new ReportInput
        {
            Title = "Soft labels on digits",
            Result = Evaluator.Evaluate(evaluation),
            Formula = "L = 0.1 · CE(y, softmax(z_s)) + 0.9 · 20² · KL(softmax(z_t / 20) ‖ softmax(z_s / 20))",
            Curves =
            [
                new("student", Falling(2.1, 0.12), "Loss"), new("baseline", Falling(2.2, 0.2), "Loss"),
                new("student", Rising(0.97), "Validation accuracy"), new("baseline", Rising(0.94), "Validation accuracy"),
            ],
            Warnings = ["The training loss was still falling over the last 10 % of steps: train longer before you conclude."],
            Provenance = [new("seed", "1"), new("data", "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")],
            LabelBytes = [new("dense logits", 2_640_000, "10 values and the log-sum-exp a row"), new("top 2", 1_200_000, "tail mass .003")],
            Differing =
            [
                new(17, "3", "3", 0.81, "5", 0.52) { Pixels = Ring(28), Height = 28, Width = 28 },
                new(99, "4", "9", 0.55, "4", 0.71) { Pixels = Ring(28), Height = 28, Width = 28 },
                new(140, "1", "1", 0.9, "7", 0.4) { FeatureText = "x-box 2 · y-box 8 · width 3 · onpix 0.4" },
            ],
        };

        Predictions Model(string name, float strength, int salt)
        {
            var logits = new float[examples * classes];
            for (var i = 0; i < logits.Length; i++)
            {
                var noise = 0f;
                for (var k = 0; k < 4; k++)
                    noise += draws.Below((ulong)(i * 16L + k + (k < 2 ? 0 : 4 * salt)), 1000) / 500f - 1;
                logits[i] = 1.6f * noise + (i % classes == labels[i / classes] ? strength : 0);
            }

            return new Predictions(name, classes, logits);
        }
    }

    private static (double, double)[] Falling(double from, double to)
        => Enumerable.Range(0, 400).Select(i => (i * 10.0, to + (from - to) * Math.Exp(-i / 60.0) + 0.02 * Math.Sin(i * 1.7))).ToArray();

    private static (double, double)[] Rising(double to) =>
        Enumerable.Range(1, 20).Select(i => (i * 200.0, to - 0.5 * Math.Exp(-i / 3.0))).ToArray();

    private static float[] Ring(int size) => Enumerable.Range(0, size * size)
        .Select(i => (float)Math.Exp(-Math.Pow(Math.Sqrt(Math.Pow(i / size - 13.5, 2) + Math.Pow(i % size - 13.5, 2)) - 8, 2) / 4))
            .ToArray();
}
