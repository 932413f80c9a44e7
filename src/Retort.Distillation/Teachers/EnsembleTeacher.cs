using Retort.Data.Tables;
using Retort.Ensembles;

namespace Retort.Teachers;

/// <summary>
/// An ensemble of base models over a table's columns; its logits are the logs of its probabilities, or its number in standard units.
/// </summary>
/// <param name="ensemble">Base models and weights.</param>
/// <param name="layout">How the examples are encoded.</param>
/// <param name="classes">Classes that it answers.</param>
/// <param name="hash">Of its files.</param>
/// <param name="threads">How many answer at once; 0 = one a core.</param>
public sealed class EnsembleTeacher(WeightedEnsemble ensemble, TableLayout layout, int classes, string hash, int threads) : ITeacher
{
    /// <summary>A probability that every model has as 0 is not a reason for an infinite logit.</summary>
    private const float Least = 1e-6f;

    public Offers Offers => Offers.HardLabels | Offers.DenseLogits;
    public int Classes => classes;
    public string Hash => hash;

    public void Label(ReadOnlySpan<float> examples, int count, Span<float> logits)
    {
        var answers = ensemble.Answer(layout.Decode(examples[..(count * layout.Width)]), threads);
        if (ensemble.Task.IsRegression) answers.CopyTo(logits);
        else for (var i = 0; i < count * classes; i++)
        {
            var probability = classes > 2 ? answers[i] : i % 2 == 1 ? answers[i / 2] : 1 - answers[i / 2];
            logits[i] = MathF.Log(MathF.Max(probability, Least));
        }
    }

    public void Dispose() => ensemble.Dispose();
}
