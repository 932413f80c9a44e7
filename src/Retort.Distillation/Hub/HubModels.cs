using System.Net.Http.Headers;
using Retort.Tensors;

namespace Retort.Hub;

/// <summary>Folders of models: one on this machine first, else fetched. Nothing that is fetched is ever executed.</summary>
public sealed class HubModels : IDisposable
{
    private const int LargestListing = 32 << 20;
    private readonly HttpClient _client;
    private readonly Uri _endpoint;
    private readonly HubCache _cache;
    private readonly TimeProvider _time;

    /// <param name="cache">Where models are looked for, and where they are put.</param>
    /// <param name="endpoint">Of the hub: https://huggingface.co, or a mirror.</param>
    /// <param name="token">Sent to the endpoint alone, for models that are not public; null = none.</param>
    /// <param name="time">For pauses between attempts.</param>
    public HubModels(HubCache cache, Uri endpoint, string? token, TimeProvider time)
    {
        (_cache, _endpoint, _time) = (cache, endpoint, time);
        _client = new HttpClient { MaxResponseContentBufferSize = LargestListing };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("retort");
        if (token is { Length: > 0 }) _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>With the usual cache, the public hub, and the token that the environment holds (HF_TOKEN).</summary>
    /// <param name="time">For pauses between attempts.</param>
    public static HubModels OfEnvironment(TimeProvider time) => new(new HubCache(HubCache.UsualRoot(Environment.GetEnvironmentVariable)),
        new Uri("https://huggingface.co"), Environment.GetEnvironmentVariable("HF_TOKEN"), time);

    /// <summary>The folder of a model.</summary>
    /// <param name="text">A folder, or <c>hf:ORG/NAME</c>.</param>
    /// <param name="cancellation">Stops a download, which then can be continued.</param>
    /// <exception cref="RetortException">No such folder, no such model, or it cannot be fetched.</exception>
    public async Task<string> FolderAsync(string text, CancellationToken cancellation = default)
    {
        if (!text.StartsWith(HubReference.Prefix, StringComparison.Ordinal))
            return Directory.Exists(text) ? text
                : throw new RetortException(text, "there is no such folder.", "the folder of a model, or hf:ORG/NAME.", "check the path.");
        var reference = HubReference.Parse(text);
        return _cache.Find(reference) ?? await FetchAsync(reference, cancellation).ConfigureAwait(false);
    }

    private async Task<string> FetchAsync(HubReference reference, CancellationToken cancellation)
    {
        var listing = await ListAsync(reference, cancellation).ConfigureAwait(false);
        try
        {
            _cache.Prepare(reference, listing.Commit);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RetortException(_cache.Root, "cannot be written: " + error.Message, "a folder for models.",
                "set HF_HOME to a folder that can be written.", error);
        }
        var download = new HubDownload(_client, _time);
        foreach (var file in listing.Files.OrderBy(file => HubListing.IsWeights(file.Name))) // last, so that weights mean a whole model
        {
            var blob = _cache.BlobPath(reference, file.Hash);
            if (!File.Exists(blob))
                await download.FetchAsync(new Uri(_endpoint, $"{reference.Model}/resolve/{listing.Commit}/{file.Name}"), file, blob,
                    cancellation).ConfigureAwait(false);
            _cache.Link(reference, listing.Commit, file);
        }
        _cache.Mark(reference, listing.Commit);
        return _cache.Find(reference)
            ?? throw new RetortException($"{reference}", "is not whole on the hub: some weights are missing.",
                "all shards of its weights.", "ask its makers.");
    }

    private async Task<HubListing> ListAsync(HubReference reference, CancellationToken cancellation)
    {
        var address = new Uri(_endpoint, $"api/models/{reference.Model}/revision/{Uri.EscapeDataString(reference.Revision)}?blobs=true");
        try
        {
            using var response = await _client.GetAsync(address, cancellation).ConfigureAwait(false);
            HubAnswers.Check(response, $"{reference}");
            return HubListing.Read(reference, await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        }
        catch (Exception error) when (error is HttpRequestException or IOException
            || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new RunFailedException($"{reference}", $"could not be asked for at {_endpoint.Host}: {error.Message}",
                $"an answer, or the model in {_cache.Root}.", "check the network, or fetch it elsewhere and name its folder.", error);
        }
    }

    public void Dispose() => _client.Dispose();
}
