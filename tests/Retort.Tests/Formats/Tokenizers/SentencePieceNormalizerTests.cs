using Retort.Formats.Tokenizers;
using Retort.Formats.Tokenizers.SentencePiece;
using Xunit;

namespace Retort.Tests.Formats.Tokenizers;

public sealed class SentencePieceNormalizerTests
{
    /// <summary>A model of one piece, "u", which is unknown; then the trainer's switch that puts the space behind.</summary>
    private static readonly byte[] Model = [0x0A, 5, 0x0A, 1, (byte)'u', 0x18, 2, 0x12, 3, 0xC0, 0x01];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 2)]
    public void TheAddedSpaceHasThePlaceOfAWholeCharacter(byte spaceBehind, int place)
    {
        var model = SentencePieceModel.Read((byte[])[.. Model, spaceBehind], "model");
        var piece = new SentencePieceNormalizer(model, null, new TextTrie()).Normalize(new TextPiece("🙂"));
        Assert.Equal('▁', piece.Span[place]);
        Assert.Equal((0, 2), piece.Original(place, place + 1));
    }
}
