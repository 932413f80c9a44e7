using System.Runtime.InteropServices;
using System.Text;
using Retort.Formats.Tokenizers.Decoders;
using Retort.Formats.Tokenizers.Models;
using Retort.Formats.Tokenizers.Normalizers;
using Retort.Formats.Tokenizers.PostProcessors;
using Retort.Formats.Tokenizers.PreTokenizers;

namespace Retort.Formats.Tokenizers;

/// <summary>
/// From text to tokens and back: added tokens are found, the text between them is normalised and cut into words, the model makes tokens
/// of each word, and a template puts special tokens around them. Safe for threads. Half of a surrogate pair counts as U+FFFD.
/// </summary>
public sealed class Tokenizer
{
    private static readonly IDecoder Spaced = new TokenMapping((token, first) => first ? token : " " + token);

    private readonly INormalizer? _normalizer;
    private readonly IPreTokenizer? _preTokenizer;
    private readonly ITokenModel _model;
    private readonly IPostProcessor? _postProcessor;
    private readonly IDecoder _decoder;
    private readonly AddedTokens _finder;
    private readonly Dictionary<int, AddedToken> _added;
    private readonly WordCache _words = new();

    internal Tokenizer(ITokenModel model, IReadOnlyList<AddedToken> added, INormalizer? normalizer = null,
        IPreTokenizer? preTokenizer = null, IPostProcessor? postProcessor = null, IDecoder? decoder = null)
    {
        (_model, _normalizer, _preTokenizer, _postProcessor) = (model, normalizer, preTokenizer ?? model.Words, postProcessor);
        _decoder = decoder ?? Spaced;
        _finder = new AddedTokens(added, normalizer);
        _added = [];
        foreach (var token in added) _added[token.Id] = token;
        AddedTokens = added;
        Size = Math.Max(model.Vocabulary.Size, added.Count == 0 ? 0 : added.Max(token => token.Id) + 1);
    }

    /// <summary>Tokens beside the model, special ones among them.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <summary>One more than the largest id.</summary>
    public int Size { get; }

    /// <summary>One more than the largest id of the vocabulary, in which added tokens need not be.</summary>
    public int VocabularySize => _model.Vocabulary.Size;

    /// <summary>How a token is spelt in the vocabulary; null where the id is not used.</summary>
    public string? Token(int id) => _added.TryGetValue(id, out var token) ? token.Content : _model.Vocabulary.Token(id);

    /// <summary>The id of a token by its spelling in the vocabulary; null where there is none.</summary>
    public int? Id(string token) => AddedTokens.FirstOrDefault(added => added.Content == token)?.Id ?? _model.Vocabulary.Id(token);

    /// <summary>Whether the token is left out of decoded text.</summary>
    public bool IsSpecial(int id) => _added.TryGetValue(id, out var token) && token.IsSpecial;

    /// <param name="text">Any.</param>
    /// <param name="addSpecialTokens">What the template adds, such as a first or last token.</param>
    /// <param name="controls">
    /// Spellings of control tokens that no user's text becomes (SentencePiece's &lt;s&gt;) are these tokens, for what a template wrote.
    /// </param>
    /// <exception cref="FormatException">A regular expression of the tokenizer takes too long on this text.</exception>
    public TokenSequence Encode(string text, bool addSpecialTokens = true, bool controls = false) =>
        Process([Sequence(text, controls)], addSpecialTokens);

    /// <summary>Encodes two texts as one sequence, as encoders compare them.</summary>
    /// <inheritdoc cref="Encode"/>
    /// <param name="text">The first.</param>
    /// <param name="pair">The second; offsets of its tokens count from its own beginning.</param>
    /// <param name="addSpecialTokens">What the template adds.</param>
    public TokenSequence EncodePair(string text, string pair, bool addSpecialTokens = true) =>
        Process([Sequence(text), Sequence(pair).OfType(1)], addSpecialTokens);

    /// <param name="ids">Ids that the vocabulary lacks say nothing.</param>
    /// <param name="skipSpecialTokens">Leaves special tokens out.</param>
    /// <exception cref="FormatException">The text grows to more than 2²⁴ UTF-16 units.</exception>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = true)
    {
        var decoder = DecodeStream(skipSpecialTokens);
        foreach (var id in ids) decoder.Add(id);
        return decoder.Finish();
    }

    /// <summary>Begins to decode a text whose tokens are still to come.</summary>
    public StreamingDecoder DecodeStream(bool skipSpecialTokens = true) => new(this, _decoder, skipSpecialTokens);

    /// <summary>
    /// The bytes that a token adds behind itself, where one may be a part of a character only; of tokens beside the model their text.
    /// Empty where the id is not used.
    /// </summary>
    public byte[] Bytes(int id)
    {
        if (Token(id) is not { } token) return [];
        if (_added.ContainsKey(id)) return Encoding.UTF8.GetBytes(token);
        if (_decoder.SpellsBytes) return ByteCharacters.Bytes(token);
        var once = Decode([id], skipSpecialTokens: false);
        if (ByteFallback.TryByte(token, out var value) && once != token) return [value];
        var twice = Decode([id, id], skipSpecialTokens: false);
        return Encoding.UTF8.GetBytes(twice.StartsWith(once, StringComparison.Ordinal) ? twice[once.Length..] : once);
    }

    private TokenSequence Process(IReadOnlyList<TokenSequence> texts, bool addSpecialTokens) =>
        TokenSequence.Join(_postProcessor?.Process(texts, addSpecialTokens) ?? texts);

    private TokenSequence Sequence(string text, bool controls = false)
    {
        var tokens = new List<Token>(text.Length / 4);
        var pieces = new List<TextPiece>();
        foreach (var (raw, token) in _finder.SplitRaw(new TextPiece(text), controls))
        {
            if (token is not null) Add(raw, token, tokens);
            else
                foreach (var (part, normalized) in _finder.SplitNormalized(_normalizer?.Normalize(raw) ?? raw))
                    if (normalized is not null) Add(part, normalized, tokens);
                    else AddWords(part, pieces, tokens);
        }
        return TokenSequence.Of(tokens);
    }

    private static void Add(TextPiece piece, AddedToken token, List<Token> tokens)
    {
        var (start, end) = piece.Original(0, piece.Length);
        tokens.Add(new Token(token.Id, start, end));
    }

    private void AddWords(TextPiece text, List<TextPiece> pieces, List<Token> tokens)
    {
        if (_preTokenizer is null)
        {
            AddWord(text, tokens);
            return;
        }
        pieces.Clear();
        _preTokenizer.Split(text, pieces);
        foreach (var piece in pieces) AddWord(piece, tokens);
    }

    private void AddWord(TextPiece piece, List<Token> tokens)
    {
        var first = tokens.Count;
        if (_words.TryGet(piece.Span, out var known)) tokens.AddRange(known.AsSpan());
        else
        {
            _model.Tokenize(piece.Span, tokens);
            _words.Add(piece.Span, CollectionsMarshal.AsSpan(tokens)[first..]);
        }
        foreach (ref var token in CollectionsMarshal.AsSpan(tokens)[first..])
        {
            var (start, end) = piece.Original(token.Start, token.End);
            token = token with { Start = start, End = end };
        }
    }
}
