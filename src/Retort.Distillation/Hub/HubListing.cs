using System.Text.Json;
using System.Text.RegularExpressions;
using Retort.Formats.HuggingFace;
using Retort.Formats.Tokenizers;
using Retort.Tensors;

namespace Retort.Hub;

/// <summary>A file of a model on the hub.</summary>
/// <param name="Name">A plain file name.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Hash">SHA-256 of the content in 64 hexadecimal digits, or, in 40, SHA-1 as git has it of small files.</param>
internal sealed record HubFile(string Name, long Bytes, string Hash);

/// <summary>What the hub says of a model: its commit, and the files that are fetched. Programs and pickles are not among them.</summary>
/// <param name="Commit">40 hexadecimal digits.</param>
/// <param name="Files">Config, tokenizer and safetensors.</param>
internal sealed partial record HubListing(string Commit, IReadOnlyList<HubFile> Files)
{
    private static readonly string[] Wanted =
    [
        CausalConfig.File, GenerationConfig.File, ShardedWeights.IndexFile, "tokenizer.json", "tokenizer_config.json", "tokenizer.model",
        "special_tokens_map.json", "added_tokens.json", "vocab.json", "vocab.txt", "merges.txt", "chat_template.jinja",
    ];

    /// <exception cref="RetortException">The answer is no listing, or the model lacks safetensors, config or tokenizer.</exception>
    public static HubListing Read(HubReference reference, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var commit = document.RootElement.GetProperty("sha").GetString() ?? throw Odd(reference, null);
            if (!Commits().IsMatch(commit)) throw Odd(reference, null);
            var all = document.RootElement.GetProperty("siblings").EnumerateArray().Select(item => (Item: item,
                Name: item.GetProperty("rfilename").GetString() ?? throw Odd(reference, null))).ToList();
            var single = all.Exists(file => file.Name == ShardedWeights.SingleFile);
            HubFile[] files = [.. all.Where(file => IsWanted(file.Name, single)).Select(file => Entry(reference, file.Name, file.Item))];
            if (files.All(file => !IsWeights(file.Name)))
                throw new RetortException($"{reference}", "has no safetensors.", "weights in that format: others can run code.",
                    "ask its makers, or convert them elsewhere and name the folder.");
            bool Has(string name) => Array.Exists(files, file => file.Name == name);
            if (!Has(CausalConfig.File) || !TokenizerFolder.IsAmong(Has))
                throw new RetortException($"{reference}", $"has no {(Has(CausalConfig.File) ? "tokenizer" : CausalConfig.File)}.",
                    "a whole model in the Hugging Face layout.",
                    "take the model that it was made from, or convert it and name the folder.");
            return new(commit, files);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Odd(reference, error);
        }
    }

    private static HubFile Entry(HubReference reference, string name, JsonElement item)
    {
        var large = item.TryGetProperty("lfs", out var lfs) && lfs.ValueKind == JsonValueKind.Object;
        var hash = (large ? lfs.GetProperty("sha256") : item.GetProperty("blobId")).GetString() ?? throw Odd(reference, null);
        return item.GetProperty("size").TryGetInt64(out var bytes) && bytes >= 0 && (large ? LargeHashes() : Commits()).IsMatch(hash)
            ? new(name, bytes, hash)
            : throw Odd(reference, null);
    }

    /// <summary>Of files at the top only; where all weights are in one file, its shards are not needed.</summary>
    private static bool IsWanted(string name, bool single) => Wanted.Contains(name) ? !single || name != ShardedWeights.IndexFile
        : IsWeights(name) && (single ? name == ShardedWeights.SingleFile : Shards().IsMatch(name));

    public static bool IsWeights(string name) => name.EndsWith(".safetensors", StringComparison.Ordinal);

    private static RetortException Odd(HubReference reference, Exception? error) =>
        new($"{reference}", "was answered by the hub in a form that this version does not know.",
            "a commit, and names, sizes and hashes of files.", "fetch the model with another tool, and name its folder.", error);

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    private static partial Regex Commits();

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex LargeHashes();

    [GeneratedRegex(@"^model-[0-9]+-of-[0-9]+\.safetensors\z")]
    private static partial Regex Shards();
}
