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
    public string Finish()
    {
        _first.Finish();
        return _sink.Take();
    }

    private sealed class Sink : DecoderStage
    {
        private readonly StringBuilder _text = new();

        public override void Push(TokenText part) => _text.Append(part.Text);

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
