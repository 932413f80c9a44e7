using Retort.Formats.Tokenizers.Decoders;

namespace Retort.Formats.Tokenizers.SentencePiece;

/// <summary>
/// Marks become spaces, but for the one that was put in front of the text; the unknown is shown as its surface. Where the normalizer
/// joins spaces, none is left in front at all.
/// </summary>
internal sealed class SentencePieceDecoder(SentencePieceModel model, string unknown) : IDecoder
{
    public DecoderStage Begin(DecoderStage next) => new Stage(model, unknown, next);

    private sealed class Stage(SentencePieceModel model, string unknown, DecoderStage next) : DecoderStage
    {
        private bool _inFront = model.AddDummyPrefix || model.RemoveExtraWhitespaces;

        public override void Push(TokenText part)
        {
            var text = part.Text;
            if (text == unknown) text = model.UnknownSurface;
            else if (_inFront && text.StartsWith(SentencePieceNormalizer.Mark))
            {
                text = text[1..];
                _inFront = model.RemoveExtraWhitespaces;
            }
            if (text.Length == 0) return;
            _inFront = false;
            next.Push(TokenText.Whole(text.Replace(SentencePieceNormalizer.Mark, ' ')));
        }

        public override void Finish() => next.Finish();
    }
}
