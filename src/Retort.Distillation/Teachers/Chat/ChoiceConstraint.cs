namespace Retort.Teachers.Chat;

/// <summary>How a service is told that the answer is one of some texts; there is no common way.</summary>
public enum ChoiceField
{
    /// <summary>Only the prompt says it. The probabilities of the labels are still read from the first token.</summary>
    None,

    /// <summary>A grammar, as llama.cpp reads it. Its log-probabilities are those before the grammar.</summary>
    Grammar,

    /// <summary>structured_outputs.choice, as vLLM from 0.12 on reads it.</summary>
    StructuredOutputs,
}

/// <param name="Texts">The answers that count.</param>
/// <param name="Field">How the service is told.</param>
public sealed record ChoiceConstraint(IReadOnlyList<string> Texts, ChoiceField Field = ChoiceField.None);
