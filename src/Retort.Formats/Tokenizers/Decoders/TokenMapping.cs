using System.Text;

namespace Retort.Formats.Tokenizers.Decoders;

/// <summary>A decoder that looks at one whole token at a time.</summary>
/// <param name="map">From a token, and whether it is the first of the text, to what it says.</param>
internal sealed class TokenMapping(Func<string, bool, string> map) : IDecoder
{
    /// <summary>Says something else instead of a text.</summary>
    public static TokenMapping Replace(Func<string, string> replace) => new((token, _) => replace(token));

    /// <summary>SentencePiece's mark for a space; in front of the text it stands for none, where one was put there.</summary>
    public static TokenMapping Metaspace(char mark, bool dropFirst) => new((token, first) =>
        first && dropFirst ? token.Replace(mark.ToString(), "", StringComparison.Ordinal) : token.Replace(mark, ' '));

    public DecoderStage Begin(DecoderStage next) => new Stage(map, next);

    private sealed class Stage(Func<string, bool, string> map, DecoderStage next) : DecoderStage
    {
        private readonly StringBuilder _token = new();
        private bool _first = true;

        public override void Push(TokenText part)
        {
            if (!part.Ends || _token.Length > 0) _token.Append(part.Text);
            if (!part.Ends) return;
            next.Push(TokenText.Whole(map(_token.Length > 0 ? _token.ToString() : part.Text, _first)));
            _token.Clear();
            _first = false;
        }

        public override void Finish() => next.Finish();
    }
}
