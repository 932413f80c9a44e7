using System.Text.Json;

namespace Retort.Comparisons;

/// <summary>What one student came to with one seed.</summary>
/// <param name="Validation">Accuracy on the validation part.</param>
/// <param name="Accuracy">On the test part.</param>
/// <param name="Loss">Mean negative log-likelihood there, nats.</param>
/// <param name="Agreement">Share of test examples with the teacher's class.</param>
/// <param name="Elsewhere">The same with a teacher that was trained alike from another seed and never taught; null = there is none.</param>
/// <param name="Lost">Teacher right, student wrong.</param>
/// <param name="Gained">Teacher wrong, student right.</param>
/// <param name="WorstClass">Accuracy on the class where it is lowest.</param>
public sealed record SeedOutcome(double Validation, double Accuracy, double Loss, double Agreement, double? Elsewhere, int Lost, int Gained,
    double WorstClass)
{
    public string ToJson() => JsonSerializer.Serialize(this) + "\n";

    public static SeedOutcome FromJson(string text) => JsonSerializer.Deserialize<SeedOutcome>(text)!;
}
