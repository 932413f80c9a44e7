namespace Retort.Formats.Tokenizers.Decoders;

/// <summary>A part of what a token says, on its way through the decoders.</summary>
/// <param name="Text">As far as it is known.</param>
/// <param name="Starts">A token begins here.</param>
/// <param name="Ends">The token is complete.</param>
internal readonly record struct TokenText(string Text, bool Starts, bool Ends)
{
    public static TokenText Whole(string text) => new(text, true, true);
}
