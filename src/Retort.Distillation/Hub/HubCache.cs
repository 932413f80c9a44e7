using Retort.Formats.Files;
using Retort.Formats.HuggingFace;
using Retort.Formats.Tokenizers;

namespace Retort.Hub;

/// <summary>
/// The hub's own cache on this machine, so that what other tools fetched is found and what is fetched here serves them:
/// <c>models--ORG--NAME/{refs/REVISION, snapshots/COMMIT/FILE, blobs/HASH}</c>, files being links to blobs.
/// </summary>
/// <param name="root">Its folder; it need not exist.</param>
public sealed class HubCache(string root)
{
    public string Root { get; } = root;

    /// <summary>Where the hub's own tools look: HF_HUB_CACHE, HF_HOME/hub, or the user's cache.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static string UsualRoot(Func<string, string?> variable)
    {
        if (variable("HF_HUB_CACHE") is { Length: > 0 } named) return named;
        if (variable("HF_HOME") is { Length: > 0 } home) return Path.Combine(home, "hub");
        var cache = variable("XDG_CACHE_HOME") is { Length: > 0 } own
            ? own
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "huggingface", "hub");
    }

    /// <summary>The folder of a model's files; null where it is not whole.</summary>
    public string? Find(HubReference reference)
    {
        var folder = Path.Combine(Root, reference.CacheFolder);
        var mark = Path.Combine(folder, "refs", reference.Revision);
        var commit = File.Exists(mark) ? File.ReadAllText(mark).Trim() : reference.Revision;
        if (commit.Contains('/') || commit.Contains("..", StringComparison.Ordinal)) return null;
        var snapshot = Path.Combine(folder, "snapshots", commit);
        return IsWhole(snapshot) ? snapshot : null;
    }

    /// <summary>Whether a folder holds a config, a tokenizer and all weights; links to blobs that are gone do not count.</summary>
    private static bool IsWhole(string folder)
    {
        bool Has(string name) => File.Exists(Path.Combine(folder, name));
        if (!Has(CausalConfig.File) || !TokenizerFolder.IsAmong(Has)) return false;
        if (Has(ShardedWeights.SingleFile)) return true;
        var index = Path.Combine(folder, ShardedWeights.IndexFile);
        return File.Exists(index) && ShardedWeights.ShardsOf(index).All(Has);
    }

    /// <summary>Where the content of a file lies, by its hash.</summary>
    internal string BlobPath(HubReference reference, string hash) => Path.Combine(Root, reference.CacheFolder, "blobs", hash);

    /// <summary>Makes the folders of a model.</summary>
    internal void Prepare(HubReference reference, string commit)
    {
        var folder = Path.Combine(Root, reference.CacheFolder);
        Directory.CreateDirectory(Path.Combine(folder, "blobs"));
        Directory.CreateDirectory(SnapshotPath(reference, commit));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, "refs", reference.Revision))!);
    }

    internal string SnapshotPath(HubReference reference, string commit) =>
        Path.Combine(Root, reference.CacheFolder, "snapshots", commit);

    /// <summary>Gives a blob its name in a snapshot: a link, or a copy where the disk has no links.</summary>
    internal void Link(HubReference reference, string commit, HubFile file)
    {
        var path = Path.Combine(SnapshotPath(reference, commit), file.Name);
        File.Delete(path);
        try
        {
            File.CreateSymbolicLink(path, Path.Combine("..", "..", "blobs", file.Hash));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            File.Copy(BlobPath(reference, file.Hash), path);
        }
    }

    /// <summary>Notes which commit a branch or tag is: the last thing done, so that a mark means a whole snapshot.</summary>
    internal void Mark(HubReference reference, string commit)
    {
        if (reference.Revision == commit) return;
        AtomicFile.WriteText(Path.Combine(Root, reference.CacheFolder, "refs", reference.Revision), commit);
    }
}
