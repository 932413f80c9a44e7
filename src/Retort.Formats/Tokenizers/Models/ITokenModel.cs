using Retort.Formats.Tokenizers.PreTokenizers;

namespace Retort.Formats.Tokenizers.Models;

/// <summary>Turns a piece into tokens.</summary>
internal interface ITokenModel
{
    Vocabulary Vocabulary { get; }

    /// <summary>How a text may be cut beforehand without a difference to its tokens; null where that is not known.</summary>
    IPreTokenizer? Words => null;

    /// <summary>Adds the tokens; their places count from the piece's beginning.</summary>
    void Tokenize(ReadOnlySpan<char> piece, List<Token> tokens);
}
