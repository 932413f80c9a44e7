namespace Retort.Data.Conversations.Redaction;

/// <param name="Start">In the text.</param>
/// <param name="Length">Of what is replaced.</param>
/// <param name="Identity">Equal for two spellings of the same, which get the same pseudonym.</param>
public readonly record struct RedactionMatch(int Start, int Length, string Identity)
{
    public int End => Start + Length;
}
