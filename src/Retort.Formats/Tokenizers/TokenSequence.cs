namespace Retort.Formats.Tokenizers;

/// <summary>An encoded text, or pair of texts.</summary>
/// <param name="Ids">[T]</param>
/// <param name="Offsets">
/// [T] UTF-16 units [Start, End) of the text that the token came from; (0, 0) for tokens that a template added.
/// </param>
/// <param name="TypeIds">[T] which segment a token belongs to, as encoders count them.</param>
public sealed record TokenSequence(int[] Ids, (int Start, int End)[] Offsets, int[] TypeIds)
{
    public int Length => Ids.Length;

    internal static TokenSequence Of(List<Token> tokens)
    {
        var sequence = new TokenSequence(new int[tokens.Count], new (int, int)[tokens.Count], new int[tokens.Count]);
        for (var i = 0; i < tokens.Count; i++)
        {
            sequence.Ids[i] = tokens[i].Id;
            sequence.Offsets[i] = (tokens[i].Start, tokens[i].End);
        }
        return sequence;
    }

    internal TokenSequence OfType(int type)
    {
        var types = new int[Length];
        Array.Fill(types, type);
        return this with { TypeIds = types };
    }

    internal static TokenSequence Join(IReadOnlyList<TokenSequence> parts) => parts.Count == 1 ? parts[0] : new TokenSequence(
        [.. parts.SelectMany(part => part.Ids)], [.. parts.SelectMany(part => part.Offsets)], [.. parts.SelectMany(part => part.TypeIds)]);
}
