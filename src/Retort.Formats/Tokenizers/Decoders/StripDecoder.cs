namespace Retort.Formats.Tokenizers.Decoders;

/// <summary>Takes a character away, so often at most, from the beginning and the end of every token.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : IDecoder
{
    public DecoderStage Begin(DecoderStage next) => new Stage(content, start, stop, next);

    private sealed class Stage(char content, int start, int stop, DecoderStage next) : DecoderStage
    {
        private int _left, _held;
        private bool _begun;

        public override void Push(TokenText part)
        {
            if (part.Starts) (_left, _held, _begun) = (start, 0, false);
            var text = part.Text;
            var lead = 0;
            while (_left > 0 && lead < text.Length && text[lead] == content) (_left, lead) = (_left - 1, lead + 1);
            if (lead < text.Length) _left = 0;
            text = new string(content, _held) + text[lead..];
            var tail = 0;
            while (tail < Math.Min(stop, text.Length) && text[^(tail + 1)] == content) tail++;
            _held = part.Ends ? 0 : tail;
            next.Push(new TokenText(text[..^tail], !_begun, part.Ends));
            _begun = true;
        }

        public override void Finish() => next.Finish();
    }
}
