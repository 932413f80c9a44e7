namespace Retort.Formats.Tokenizers;

/// <summary>A token that stands beside the model: it is found in the text before the text is cut.</summary>
/// <param name="Id">In the vocabulary.</param>
/// <param name="Content">As it stands in the text.</param>
/// <param name="IsSpecial">Left out of decoded text when that is asked for.</param>
/// <param name="IsSingleWord">Only where no letter or digit stands beside it.</param>
/// <param name="TakesLeft">White space before it belongs to it.</param>
/// <param name="TakesRight">White space behind it belongs to it.</param>
/// <param name="IsNormalized">Looked for in the normalised text, in its own normalised form.</param>
public sealed record AddedToken(int Id, string Content, bool IsSpecial = true, bool IsSingleWord = false, bool TakesLeft = false,
    bool TakesRight = false, bool IsNormalized = false)
{
    /// <summary>False for tokens that text never becomes: only a template or a caller puts them in.</summary>
    public bool IsFound { get; init; } = true;
}
