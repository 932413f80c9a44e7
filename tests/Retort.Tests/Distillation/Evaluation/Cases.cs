using Retort.Evaluation;

namespace Retort.Tests.Distillation.Evaluation;

/// <summary>Small inputs whose metrics can be worked out by hand.</summary>
internal static class Cases
{
    /// <summary>Logits whose softmax at T = 1 are the given probabilities.</summary>
    public static Predictions FromProbabilities(string name, int classes, params double[] probabilities)
        => new(name, classes, probabilities.Select(p => (float)Math.Log(p)).ToArray());

    /// <summary>A model that predicts the given classes with certainty.</summary>
    public static Predictions Choosing(string name, int classes, params int[] chosen)
    {
        var logits = new float[chosen.Length * classes];
        for (var i = 0; i < chosen.Length; i++)
            logits[i * classes + chosen[i]] = 5;
        return new Predictions(name, classes, logits);
    }

    public static EvaluationInput Input(int[] labels, int[] teacher, int[] student, int[] baseline, int classes = 2) => new()
    {
        Teacher = Choosing("teacher", classes, teacher),
        Student = Choosing("student", classes, student),
        Baseline = Choosing("baseline", classes, baseline),
        TeacherFacts = new ModelFacts(1000, 4000),
        StudentFacts = new ModelFacts(100, 400, new LatencyFacts(1, 2, 3, 4), 5000),
        BaselineFacts = new ModelFacts(100, 400),
        Labels = labels,
        ClassNames = Enumerable.Range(0, classes).Select(c => $"class {c}").ToArray(),
        Margin = 0.01,
        Resamples = 500,
        Seed = 7,
    };

    /// <summary>100 examples of two classes, of which the three models get the given numbers right, counted from the first.</summary>
    public static EvaluationInput Hundred(int teacher, int student, int baseline)
    {
        var labels = Enumerable.Range(0, 100).Select(i => i % 2).ToArray();
        return Input(labels, Right(teacher), Right(student), Right(baseline));

        int[] Right(int count) => labels.Select((y, i) => i < count ? y : 1 - y).ToArray();
    }
}
