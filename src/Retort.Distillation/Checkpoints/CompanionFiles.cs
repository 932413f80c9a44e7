using Retort.Formats.Files;
using Retort.Formats.HuggingFace;

namespace Retort.Checkpoints;

/// <summary>What stands beside the weights in a model's folder.</summary>
public static class CompanionFiles
{
    private static readonly string[] Tokenizer =
    [
        "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "spiece.model", "special_tokens_map.json", "added_tokens.json",
        "vocab.json", "vocab.txt", "merges.txt", "chat_template.jinja", "chat_template.json",
    ];

    /// <summary>The tokenizer's files and the chat template, as they are.</summary>
    /// <param name="from">The folder that has them.</param>
    /// <param name="to">A folder that is there.</param>
    public static void CopyTokenizer(string from, string to) => Copy(from, to, Tokenizer);

    /// <summary>And the settings of model and generation.</summary>
    /// <param name="from">The folder that has them.</param>
    /// <param name="to">A folder that is there.</param>
    public static void CopyAll(string from, string to) => Copy(from, to, [CausalConfig.File, GenerationConfig.File, .. Tokenizer]);

    /// <summary>Files by their content, in this order; those that are not there are passed over.</summary>
    /// <param name="from">The folder that has them.</param>
    /// <param name="to">A folder that is there.</param>
    /// <param name="names">Without their folder.</param>
    internal static void Copy(string from, string to, IEnumerable<string> names)
    {
        foreach (var source in names.Select(name => Path.Combine(from, name)).Where(File.Exists))
            AtomicFile.Write(Path.Combine(to, Path.GetFileName(source)), target => // its content: the original may be a link, or read-only
            {
                using var stream = File.OpenRead(source);
                stream.CopyTo(target);
            });
    }
}
