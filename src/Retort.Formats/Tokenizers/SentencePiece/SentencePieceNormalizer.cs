using System.Buffers;
using System.Text;
using Retort.Formats.Tokenizers.Normalizers;

namespace Retort.Formats.Tokenizers.SentencePiece;

/// <summary>SentencePiece's normalizer.cc: the character map, then spaces: joined, marked, and one put in front.</summary>
/// <param name="model">Its switches.</param>
/// <param name="map">What is replaced; null for nothing.</param>
/// <param name="frozen">Texts that are left as they are.</param>
internal sealed class SentencePieceNormalizer(SentencePieceModel model, CharacterMap? map, TextTrie frozen) : INormalizer
{
    public const char Mark = '▁';

    private readonly char _space = model.EscapeWhitespaces ? Mark : ' ';

    public TextPiece Normalize(TextPiece piece)
    {
        var text = piece.Span;
        var built = new TextPieceBuilder(piece);
        var place = 0;
        if (model.RemoveExtraWhitespaces)
            while (place < text.Length && Next(text[place..], out var units) is " ") place += units;
        if (place == text.Length) return piece.Slice(0, 0);
        var prefix = model is { AddDummyPrefix: true, SpaceBehind: false };
        if (prefix) built.Append([_space], place, place + Units(text[place..]));
        var afterSpace = model.RemoveExtraWhitespaces;
        while (place < text.Length)
        {
            var said = Next(text[place..], out var units);
            if (afterSpace) said = said.TrimStart(' ');
            if (said.Length > 0)
            {
                afterSpace = model.RemoveExtraWhitespaces && said[^1] == ' ';
                foreach (var unit in said) built.Append([unit == ' ' ? _space : unit], place, place + units);
            }
            place += units;
        }
        if (model.RemoveExtraWhitespaces)
            while (built.EndsWith(_space)) built.Cut(1);
        if (model is { AddDummyPrefix: true, SpaceBehind: true })
        {
            Rune.DecodeLastFromUtf16(text, out _, out var last);
            built.Append([_space], text.Length - last, text.Length);
        }
        return built.Build();
    }

    /// <summary>Of the first character.</summary>
    private static int Units(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out _, out var units);
        return units;
    }

    /// <summary>What the next characters become, and how many units they are.</summary>
    private ReadOnlySpan<char> Next(ReadOnlySpan<char> text, out int units)
    {
        if (frozen.Longest(text, out units) >= 0) return text[..units];
        if (map is not null && map.TryReplace(text, out units, out var replacement)) return replacement;
        return Rune.DecodeFromUtf16(text, out _, out units) == OperationStatus.Done ? text[..units] : "\uFFFD";
    }
}
