namespace Retort.Formats.Tokenizers.Decoders;

/// <summary>
/// One step from tokens to text. It works on a stream: what it may say it hands on at once, so decoding token by token
/// and decoding all at once are the same thing.
/// </summary>
internal interface IDecoder
{
    /// <summary>Characters of its tokens stand for bytes.</summary>
    bool SpellsBytes => false;

    /// <summary>Begins a text.</summary>
    DecoderStage Begin(DecoderStage next);
}

/// <summary>A decoder at work on one text.</summary>
internal abstract class DecoderStage
{
    public abstract void Push(TokenText part);

    /// <summary>Nothing more comes: hands on what was held back, then tells the next stage.</summary>
    public abstract void Finish();
}
