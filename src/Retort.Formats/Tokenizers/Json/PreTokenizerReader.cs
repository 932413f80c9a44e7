using Retort.Formats.Tokenizers.PreTokenizers;

namespace Retort.Formats.Tokenizers.Json;

/// <summary>Reads "pre_tokenizer".</summary>
internal static class PreTokenizerReader
{
    public static IPreTokenizer Read(JsonField field)
    {
        var steps = field.Steps("pretokenizers");
        if (steps.SkipLast(1).Any(step => step.Type == "ByteLevel"))
            throw field.Refuse("something follows ByteLevel", "expected it to be the last: words are cut before their bytes are spelt");
        return steps is [var only] ? Single(only) : new PreTokenizerSequence([.. steps.Select(Single)]);
    }

    /// <summary>Whether the model is to look at bytes.</summary>
    public static bool EndsInBytes(JsonField field) => field.Steps("pretokenizers") is [.., var last] && last.Type == "ByteLevel";

    private static IPreTokenizer Single(JsonField field) => field.Type switch
    {
        "BertPreTokenizer" => new BertPreTokenizer(),
        "ByteLevel" => new ByteLevel(field.Flag("add_prefix_space", true), field.Flag("use_regex", true)),
        "Metaspace" => new Metaspace(Mark(field), Scheme(field), field.Flag("split", true)),
        "Split" => new Split(PatternReader.Read(field.Required("pattern")), Behavior(field.Required("behavior")), field.Flag("invert", false)),
        "WhitespaceSplit" => new WhitespaceSplit(),
        _ => throw field.Unknown("pre-tokenizer", "Sequence, BertPreTokenizer, ByteLevel, Metaspace, Split or WhitespaceSplit"),
    };

    public static char Mark(JsonField metaspace) => metaspace.Optional("replacement")?.Character() ?? '▁';

    /// <summary>Files of early versions say add_prefix_space instead.</summary>
    public static PrependScheme Scheme(JsonField metaspace) => metaspace.Optional("prepend_scheme") is { } scheme
        ? scheme.Text() switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            var other => throw scheme.Refuse($"this is '{other}'", "expected always, first or never"),
        }
        : metaspace.Flag("add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never;

    private static SplitBehavior Behavior(JsonField field) => Enum.TryParse<SplitBehavior>(field.Text(), out var behavior)
        && Enum.IsDefined(behavior) ? behavior
        : throw field.Refuse($"this is '{field.Text()}'", $"expected one of {string.Join(", ", Enum.GetNames<SplitBehavior>())}");
}
