using Retort.Formats.Tokenizers.Decoders;
using Retort.Formats.Tokenizers.Patterns;
using Retort.Formats.Tokenizers.PreTokenizers;

namespace Retort.Formats.Tokenizers.Json;

/// <summary>Reads "decoder".</summary>
internal static class DecoderReader
{
    private const int MostCharacters = 1024;

    public static IDecoder Read(JsonField field) => new DecoderSequence([.. field.Steps("decoders").Select(Single)]);

    private static IDecoder Single(JsonField field) => field.Type switch
    {
        "ByteLevel" => new ByteLevelDecoder(),
        "ByteFallback" => new ByteFallback(wholeRun: true),
        "Fuse" => new Fuse(),
        "Metaspace" => TokenMapping.Metaspace(PreTokenizerReader.Mark(field), PreTokenizerReader.Scheme(field) != PrependScheme.Never),
        "Replace" => Replacement(PatternReader.Read(field.Required("pattern")), NormalizerReader.Short(field.Required("content"))),
        "Strip" => new StripDecoder(field.Required("content").Character(), field.Whole("start", 0, MostCharacters),
            field.Whole("stop", 0, MostCharacters)),
        "WordPiece" => WordPieceDecoder.Of(field.Text("prefix", "##"), field.Flag("cleanup", true)),
        _ => throw field.Unknown("decoder", "Sequence, ByteLevel, ByteFallback, Fuse, Metaspace, Replace, Strip or WordPiece"),
    };

    private static TokenMapping Replacement(ITextPattern pattern, string content)
    {
        var replace = new Normalizers.Replace(pattern, content);
        return TokenMapping.Replace(text => replace.Normalize(new TextPiece(text)).Span.ToString());
    }
}
