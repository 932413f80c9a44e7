using Retort.Data.Tables;

namespace Retort.Ensembles;

/// <summary>A trained base model. It answers from several threads at once.</summary>
public interface IEnsembleMember
{
    /// <summary>Kind and settings, for tables.</summary>
    string Name { get; }

    /// <summary>What the model takes as numbers.</summary>
    long Bytes { get; }

    /// <param name="rows">Mixed attributes.</param>
    /// <param name="first">First row asked.</param>
    /// <param name="count">Rows asked.</param>
    /// <param name="answers">[count, width of the task] receives probabilities, or the number.</param>
    void Answer(MixedRows rows, int first, int count, Span<float> answers);
}
