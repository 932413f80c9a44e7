using System.Text;

namespace Retort.Formats.Tokenizers.Decoders;

/// <summary>Characters become the bytes that they spell, and the bytes of all tokens one text; what is no UTF-8 becomes U+FFFD.</summary>
internal sealed class ByteLevelDecoder : IDecoder
{
    public bool SpellsBytes => true;

    public DecoderStage Begin(DecoderStage next) => new Stage(next);

    private sealed class Stage(DecoderStage next) : DecoderStage
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
        private bool _starts = true;

        public override void Push(TokenText part) => Say(ByteCharacters.Bytes(part.Text), flush: false);

        public override void Finish()
        {
            Say([], flush: true);
            next.Finish();
        }

        private void Say(byte[] bytes, bool flush)
        {
            // At most one unit a byte, and those of a character that was cut before.
            Span<char> units = bytes.Length < 256 ? stackalloc char[bytes.Length + 4] : new char[bytes.Length + 4];
            var count = _decoder.GetChars(bytes, units, flush);
            if (count == 0 && !flush) return;
            next.Push(new TokenText(new string(units[..count]), _starts, flush));
            _starts = false;
        }
    }
}
