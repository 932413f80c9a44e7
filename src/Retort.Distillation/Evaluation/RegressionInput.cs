using Retort.Evaluation.Metrics;
using Retort.Tensors;

namespace Retort.Evaluation;

/// <summary>What a model answers to the test examples, and what else is known of it.</summary>
/// <param name="Name">In tables.</param>
/// <param name="Answers">[N], in the units of the target.</param>
/// <param name="Facts">Size and speed.</param>
public sealed record NumberAnswers(string Name, float[] Answers, ModelFacts Facts);

/// <summary>Everything that an evaluation of numbers needs: three models' answers to the same test examples, and the truth.</summary>
public sealed record RegressionInput
{
    /// <summary>Name of the column that is predicted.</summary>
    public required string Target { get; init; }

    /// <summary>[N] true numbers, in their own units.</summary>
    public required float[] Truth { get; init; }
    public required NumberAnswers Teacher { get; init; }
    public required NumberAnswers Student { get; init; }

    /// <summary>The same student trained without the teacher: same initial weights, data and steps.</summary>
    public required NumberAnswers Baseline { get; init; }

    /// <summary>What may be added to the RMSE and still counts as "not worse", a share of the true numbers' deviation.</summary>
    public double Margin { get; init; } = 0.005;
    public int Resamples { get; init; } = 2000;
    public ulong Seed { get; init; }
    public IReadOnlyList<GroupRow>? Disturbed { get; init; }
    public IReadOnlyDictionary<string, string>? Notes { get; init; }
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <exception cref="RetortException">No examples, other lengths, or an answer that is not finite.</exception>
    public void Check()
    {
        if (Truth.Length == 0)
            throw new RetortException("evaluation", "there are no test examples.", "at least one.", "check the test split of the recipe.");
        foreach (var model in new[] { Teacher, Student, Baseline })
        {
            if (model.Answers.Length != Truth.Length)
                throw new RetortException($"predictions of {model.Name}", $"{model.Answers.Length} numbers for {Truth.Length} examples.",
                    $"{Truth.Length} numbers.", "evaluate the model on exactly the test examples.");
            var wrong = Array.FindIndex(model.Answers, answer => !float.IsFinite(answer));
            if (wrong >= 0)
                throw new RetortException($"predictions of {model.Name}", $"row {wrong} has the answer {model.Answers[wrong]}.",
                    "finite numbers.", "look at that example and at the last checkpoint: training may have diverged.");
        }
    }
}
