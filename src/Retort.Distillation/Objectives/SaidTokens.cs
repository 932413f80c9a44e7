using Retort.Labels;

namespace Retort.Objectives;

/// <summary>The tokens of texts that are learnt, one for each row of the student's logits, and who wrote them.</summary>
/// <param name="Tokens">[N] the token that stands there.</param>
/// <param name="Texts">[texts] tokens of each text; the rows of a text follow each other.</param>
/// <param name="ByStudent">The student wrote them, with the weights that it has now.</param>
public sealed record SaidTokens(ReadOnlyMemory<int> Tokens, IReadOnlyList<int> Texts, bool ByStudent)
{
    /// <summary>[texts] where each stands among the answers to its prompt; empty = nobody said.</summary>
    public IReadOnlyList<AnswerRank> Ranks { get; init; } = [];
}
