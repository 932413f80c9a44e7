namespace Retort.Data.Text;

/// <summary>Two answers to one prompt.</summary>
/// <param name="Preferred">The prompt with the better answer.</param>
/// <param name="Other">The prompt with the other.</param>
public sealed record TextPair(TextDocument Preferred, TextDocument Other)
{
    public int Tokens => Preferred.Tokens.Length + Other.Tokens.Length;
}
