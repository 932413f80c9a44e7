using Retort.Formats.Tokenizers.PostProcessors;

namespace Retort.Formats.Tokenizers.Json;

/// <summary>Reads "post_processor".</summary>
internal static class PostProcessorReader
{
    private const int MostParts = 64, MostIds = 64;

    /// <param name="field">"post_processor".</param>
    /// <param name="vocabulary">Of the model.</param>
    /// <param name="size">One more than the largest id of the tokenizer.</param>
    public static IPostProcessor Read(JsonField field, Vocabulary vocabulary, int size) =>
        new PostProcessorSequence([.. field.Steps("processors").Select(step => Single(step, vocabulary, size))]);

    private static IPostProcessor Single(JsonField field, Vocabulary vocabulary, int size) => field.Type switch
    {
        "ByteLevel" => Trimming(field, vocabulary),
        "TemplateProcessing" => Template(field, size),
        "BertProcessing" => Around(field, pairedTwice: false, size),
        "RobertaProcessing" => new PostProcessorSequence([Trimming(field, vocabulary), Around(field, pairedTwice: true, size)]),
        _ => throw field.Unknown("post-processor", "Sequence, ByteLevel, TemplateProcessing, BertProcessing or RobertaProcessing"),
    };

    private static IPostProcessor Trimming(JsonField field, Vocabulary vocabulary) => field.Flag("trim_offsets", true)
        ? new OffsetTrimming(vocabulary, field.Flag("add_prefix_space", true)) : new PostProcessorSequence([]);

    private static TemplateProcessing Template(JsonField field, int size)
    {
        var special = new Dictionary<string, int[]>(StringComparer.Ordinal);
        foreach (var (name, value) in field.Required("special_tokens").Members())
        {
            var ids = value.Required("ids");
            if (ids.Items().Count() is > MostIds and var count) throw ids.Refuse($"{count} ids", $"expected at most {MostIds}");
            special[name] = [.. ids.Items().Select(id => id.Whole(size - 1))];
        }
        return new TemplateProcessing(Parts(field.Required("single"), special, texts: 1), Parts(field.Required("pair"), special, texts: 2));
    }

    private static List<TemplatePart> Parts(JsonField list, Dictionary<string, int[]> special, int texts)
    {
        var parts = new List<TemplatePart>();
        foreach (var item in list.Items())
        {
            if (parts.Count == MostParts) throw list.Refuse($"more than {MostParts} parts", $"expected at most {MostParts}");
            var type = (item.Optional("Sequence") ?? item.Required("SpecialToken")).Whole("type_id", 0, 255);
            if (item.Optional("Sequence") is { } sequence)
            {
                var text = sequence.Required("id").Text() == "B" ? 1 : 0;
                if (text >= texts) throw sequence.Refuse("a second text in the template of one", "expected A");
                parts.Add(new TemplatePart(text, [], type));
                continue;
            }
            var name = item.Required("SpecialToken").Required("id").Text();
            parts.Add(new TemplatePart(null, special.TryGetValue(name, out var ids) ? ids
                : throw item.Refuse($"'{name}' is not among the special tokens", $"expected one of {string.Join(", ", special.Keys)}"), type));
        }
        return parts;
    }

    /// <summary>[CLS] A [SEP] B [SEP]; RoBERTa closes the first text and opens the second.</summary>
    private static TemplateProcessing Around(JsonField field, bool pairedTwice, int size)
    {
        var (first, last) = (Token(field.Required("cls"), size), Token(field.Required("sep"), size));
        TemplatePart[] single = [new(null, first, 0), new(0, [], 0), new(null, last, 0)];
        TemplatePart[] second = pairedTwice ? [new(null, last, 0), new(1, [], 0), new(null, last, 0)]
            : [new(1, [], 1), new(null, last, 1)];
        return new TemplateProcessing(single, [.. single, .. second]);
    }

    private static int[] Token(JsonField pair, int size) => pair.Items().ToArray() is [_, var id] ? [id.Whole(size - 1)]
        : throw pair.Refuse("this is no pair", "expected [token, id]");
}
