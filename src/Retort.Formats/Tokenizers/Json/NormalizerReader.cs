using Retort.Formats.Tokenizers.Normalizers;

namespace Retort.Formats.Tokenizers.Json;

/// <summary>Reads "normalizer".</summary>
internal static class NormalizerReader
{
    public static INormalizer Read(JsonField field) => field.Steps("normalizers") is [var only] ? Single(only)
        : new NormalizerSequence([.. field.Steps("normalizers").Select(Single)]);

    private static INormalizer Single(JsonField field) => field.Type switch
    {
        "NFC" => new UnicodeNormalizer(compatible: false, compose: true),
        "NFD" => new UnicodeNormalizer(compatible: false, compose: false),
        "NFKC" => new UnicodeNormalizer(compatible: true, compose: true),
        "NFKD" => new UnicodeNormalizer(compatible: true, compose: false),
        "Lowercase" => new Lowercase(),
        "StripAccents" => RuneFilter.Accents,
        "Strip" => new Strip(field.Flag("strip_left", true), field.Flag("strip_right", true)),
        "Prepend" => new Prepend(Short(field.Required("prepend"))),
        "Replace" => new Replace(PatternReader.Read(field.Required("pattern")), Short(field.Required("content"))),
        "BertNormalizer" => Bert(field),
        "Precompiled" => new Precompiled(Map(field.Required("precompiled_charsmap"))),
        _ => throw field.Unknown("normalizer",
            "Sequence, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Prepend, Replace, BertNormalizer or Precompiled"),
    };

    private static INormalizer Bert(JsonField field)
    {
        var lowercase = field.Flag("lowercase", true);
        return BertNormalizer.Of(field.Flag("clean_text", true), field.Flag("handle_chinese_chars", true),
            field.Flag("strip_accents", lowercase), lowercase);
    }

    /// <summary>A text no longer than a token.</summary>
    public static string Short(JsonField field) => field.Text().Length <= ModelReader.LongestToken ? field.Text()
        : throw field.Refuse($"a text of {field.Text().Length} characters", $"expected at most {ModelReader.LongestToken}");

    private static CharacterMap Map(JsonField field)
    {
        var bytes = new byte[field.Text().Length];
        return Convert.TryFromBase64String(field.Text(), bytes, out var count) ? CharacterMap.Read(bytes.AsSpan(0, count), field.Place)
            : throw field.Refuse("this is not base64", "expected a precompiled character map");
    }
}
