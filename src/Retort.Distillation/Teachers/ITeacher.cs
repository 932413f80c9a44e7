namespace Retort.Teachers;

/// <summary>What a teacher can say about an example.</summary>
[Flags]
public enum Offers
{
    None = 0,
    HardLabels = 1,
    DenseLogits = 2,
}

/// <summary>
/// Whoever answers: frozen, in evaluation mode, at temperature 1. The teachers of this version live in this process;
/// those that must be asked over a network come with their own asynchronous room.
/// </summary>
public interface ITeacher : IDisposable
{
    Offers Offers { get; }
    int Classes { get; }

    /// <summary>SHA-256 of what makes the answers: weights and averaging rule.</summary>
    string Hash { get; }

    /// <param name="examples">[count, …example], row-major.</param>
    /// <param name="count">Examples.</param>
    /// <param name="logits">[count, Classes] receives raw logits.</param>
    void Label(ReadOnlySpan<float> examples, int count, Span<float> logits);
}
