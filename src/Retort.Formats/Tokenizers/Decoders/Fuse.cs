namespace Retort.Formats.Tokenizers.Decoders;

/// <summary>All tokens are one from here on.</summary>
internal sealed class Fuse : IDecoder
{
    public DecoderStage Begin(DecoderStage next) => new Stage(next);

    private sealed class Stage(DecoderStage next) : DecoderStage
    {
        private bool _starts = true;

        public override void Push(TokenText part)
        {
            next.Push(new TokenText(part.Text, _starts, false));
            _starts = false;
        }

        public override void Finish()
        {
            next.Push(new TokenText("", _starts, true));
            next.Finish();
        }
    }
}
