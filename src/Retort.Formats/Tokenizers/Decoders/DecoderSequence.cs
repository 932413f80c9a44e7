namespace Retort.Formats.Tokenizers.Decoders;

/// <summary>One after the other.</summary>
internal sealed class DecoderSequence(IReadOnlyList<IDecoder> decoders) : IDecoder
{
    public bool SpellsBytes => decoders.Any(decoder => decoder.SpellsBytes);

    public DecoderStage Begin(DecoderStage next) => decoders.Reverse().Aggregate(next, (stage, decoder) => decoder.Begin(stage));
}
