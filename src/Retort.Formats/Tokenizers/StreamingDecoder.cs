using System.Text;
using Retort.Formats.Tokenizers.Decoders;

namespace Retort.Formats.Tokenizers;

/// <summary>
/// Decodes a text while its tokens come. What it says is whole characters, and all of it together, with the end that
/// <see cref="Finish"/> says, is what <see cref="Tokenizer.Decode"/> says of all tokens.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly Sink _sink = new();
    private readonly DecoderStage _first;

    internal StreamingDecoder(Tokenizer tokenizer, IDecoder decoder, bool skipSpecialTokens)
    {
        (_tokenizer, _skipSpecialTokens) = (tokenizer, skipSpecialTokens);
        _first = decoder.Begin(_sink);
    }

    /// <summary>What is known to follow once this token has come; often empty.</summary>
    /// <param name="id">Ids that the vocabulary lacks say nothing.</param>
    /// <exception cref="FormatException">The text grows to more than 2²⁴ UTF-16 units.</exception>
    public string Push(int id)
    {
        Add(id);
        return _sink.Take();
    }

    /// <summary>As <see cref="Push"/>, but what follows is kept for later.</summary>
    internal void Add(int id)
    {
        if (!(_skipSpecialTokens && _tokenizer.IsSpecial(id)) && _tokenizer.Token(id) is { } token) _first.Push(TokenText.Whole(token));
    }

    /// <summary>The rest, when no more tokens come. After that nothing may be pushed.</summary>
    /// <exception cref="FormatException">The text grows to more than 2²⁴ UTF-16 units.</exception>
    public string Finish()
    {
        _first.Finish();
        return _sink.Take();
    }

    private sealed class Sink : DecoderStage
    {
        private const int LongestText = 1 << 24;

        private readonly StringBuilder _text = new();
        private long _said;

        public override void Push(TokenText part)
        {
            if ((_said += part.Text.Length) > LongestText)
                throw new FormatException("decoded tokens", $"their text grows to more than {LongestText} UTF-16 units",
                    "expected less", "decode fewer tokens at a time, or do not use this tokenizer");
            _text.Append(part.Text);
        }

        public override void Finish()
        {
        }

        public string Take()
        {
            if (_text.Length == 0) return "";
            var text = _text.ToString();
            _text.Clear();
            return text;
        }
    }
}
