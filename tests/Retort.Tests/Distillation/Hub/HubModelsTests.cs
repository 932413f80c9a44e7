using System.Text;
using Retort.Formats.HuggingFace;
using Retort.Formats.Safetensors;
using Retort.Hub;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Hub;

public sealed class HubModelsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalHub _hub = new();

    public HubModelsTests()
    {
        _hub.Files["config.json"] = "{}"u8.ToArray();
        _hub.Files["tokenizer.json"] = "{\"version\": \"1.0\"}"u8.ToArray();
        _hub.Files["modeling.py"] = "raise SystemExit"u8.ToArray();
        _hub.Files["pytorch_model.bin"] = [0x80];
        _hub.Files["model.safetensors"] = Weights(1000);
    }

    [Fact]
    public async Task AModelIsFetchedOnceAndLiesAsTheHubsOwnToolsLeaveIt()
    {
        var folder = await FetchAsync();
        Assert.Equal(Path.Combine(_folder.Path, "models--org--model", "snapshots", LocalHub.Commit), folder);
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Equal(LocalHub.Commit, File.ReadAllText(Path.Combine(_folder.Path, "models--org--model", "refs", "main")));
        Assert.StartsWith(Path.Combine("..", "..", "blobs"), new FileInfo(Path.Combine(folder, "config.json")).LinkTarget, StringComparison.Ordinal);
        Assert.Equal(3, _hub.Asked.Count);
        Assert.Equal(folder, await FetchAsync());
        Assert.Equal(3, _hub.Asked.Count);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Path, "models--org--model", "blobs"), "*.incomplete"));
    }

    [Fact]
    public async Task WhatBreaksOffIsContinued()
    {
        _hub.BreakAfter = 1500;
        var folder = await FetchAsync();
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Contains("model.safetensorsbytes=1500-", _hub.Asked);
    }

    [Fact]
    public async Task AServerWithoutRangesBeginsAgain()
    {
        _hub.BreakAfter = 1500;
        _hub.KnowsRanges = false;
        var error = await Assert.ThrowsAsync<RunFailedException>(FetchAsync);
        Assert.Contains("was interrupted 5 times", error.What, StringComparison.Ordinal);
        _hub.BreakAfter = 0;
        var folder = await FetchAsync();
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Contains("model.safetensorsbytes=1500-", _hub.Asked); // it was asked to go on
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    public async Task OtherContentIsNotKept(string name)
    {
        _hub.Lies.Add(name);
        var error = await Assert.ThrowsAsync<RetortException>(FetchAsync);
        Assert.Equal($"'{name}' came with another content than the hub names.", error.What);
        Assert.Null(new HubCache(_folder.Path).Find(HubReference.Parse("hf:org/model")));
    }

    [Fact]
    public async Task ATokenIsSentToTheHubAlone()
    {
        using var models = new HubModels(new HubCache(_folder.Path), _hub.Endpoint, "secret", TimeProvider.System);
        await models.FolderAsync("hf:org/model", TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Repeat("Bearer secret", 4), _hub.SentToHub); // the listing, and three files
        Assert.Equal(3, _hub.SentToContent.Count);
        Assert.All(_hub.SentToContent, Assert.Null);
    }

    [Theory]
    [InlineData(401, "is not given to everybody (401).")]
    [InlineData(404, "is not on the hub (404).")]
    [InlineData(418, "was answered with 418.")]
    [InlineData(503, "could not be asked for at 127.0.0.1: the hub answered 503")]
    public async Task RefusalsSayWhatToDo(int status, string what)
    {
        _hub.Status = status;
        var error = await Assert.ThrowsAnyAsync<RetortException>(FetchAsync);
        Assert.Equal(("hf:org/model", what), (error.Location, error.What));
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public async Task PicklesAloneAreRefused()
    {
        _hub.Files.Remove("model.safetensors");
        Assert.Equal("has no safetensors.", (await Assert.ThrowsAsync<RetortException>(FetchAsync)).What);
    }

    [Theory]
    [InlineData("config.json", "has no config.json.")]
    [InlineData("tokenizer.json", "has no tokenizer.")]
    public async Task WhatIsNoWholeModelIsRefusedBeforeItIsFetched(string name, string what)
    {
        _hub.Files.Remove(name);
        Assert.Equal(what, (await Assert.ThrowsAsync<RetortException>(FetchAsync)).What);
        Assert.Empty(_hub.Asked);
    }

    [Theory]
    [InlineData("""{"sha": null, "siblings": []}""")]
    [InlineData("""{"sha": "COMMIT", "siblings": [{"rfilename": null}]}""")]
    [InlineData("""{"sha": "COMMIT", "siblings": [{"rfilename": "config.json", "size": 1, "blobId": null}]}""")]
    [InlineData("""{"sha": "COMMIT", "siblings": [{"rfilename": "config.json", "size": null, "blobId": "COMMIT"}]}""")]
    [InlineData("null")]
    public void AnOddListingIsRefused(string json) => Assert.Equal("was answered by the hub in a form that this version does not know.",
        Assert.Throws<RetortException>(() => HubListing.Read(HubReference.Parse("hf:org/model"),
            Encoding.UTF8.GetBytes(json.Replace("COMMIT", LocalHub.Commit, StringComparison.Ordinal)))).What);

    /// <summary>Weights come last, so that what lies there with them is whole; so it is asked for by its commit too.</summary>
    [Fact]
    public async Task HalfAModelIsNone()
    {
        var weights = _hub.Files["model.safetensors"];
        _hub.Files.Clear();
        _hub.Files["model.safetensors"] = weights;
        _hub.Files["config.json"] = "{}"u8.ToArray();
        _hub.Files["tokenizer.json"] = "{}"u8.ToArray();
        _hub.Lies.Add("tokenizer.json");
        await Assert.ThrowsAsync<RetortException>(FetchAsync);
        Assert.Equal(["config.json", "tokenizer.json"], _hub.Asked);
        var reference = HubReference.Parse("hf:org/model@" + LocalHub.Commit);
        var cache = new HubCache(_folder.Path);
        File.WriteAllBytes(Path.Combine(cache.SnapshotPath(reference, LocalHub.Commit), "model.safetensors"), weights);
        Assert.Null(cache.Find(reference));
    }

    /// <summary>What other tools fetched is used; a shard that is gone makes them no model.</summary>
    [Fact]
    public void AModelThatLiesHereIsFoundIfItIsWhole()
    {
        var snapshot = Path.Combine(_folder.Path, "models--org--model", "snapshots", LocalHub.Commit);
        Directory.CreateDirectory(snapshot);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "models--org--model", "refs"));
        File.WriteAllText(Path.Combine(_folder.Path, "models--org--model", "refs", "main"), LocalHub.Commit + "\n");
        File.WriteAllText(Path.Combine(snapshot, "config.json"), "{}");
        ShardedWeightsWriter.Write(snapshot, [("a", 4, () => SafetensorsTensor.FromFloats("a", [1], [1])),
            ("b", 4, () => SafetensorsTensor.FromFloats("b", [1], [2]))], shardBytes: 4);
        var cache = new HubCache(_folder.Path);
        Assert.Null(cache.Find(HubReference.Parse("hf:org/model"))); // it has no tokenizer
        File.WriteAllText(Path.Combine(snapshot, "tokenizer.json"), "{}");
        Assert.Equal(snapshot, cache.Find(HubReference.Parse("hf:org/model")));
        Assert.Equal(snapshot, cache.Find(HubReference.Parse("hf:org/model@" + LocalHub.Commit)));
        Assert.Null(cache.Find(HubReference.Parse("hf:org/model@other")));
        File.Delete(Path.Combine(snapshot, "model-00002-of-00002.safetensors"));
        Assert.Null(cache.Find(HubReference.Parse("hf:org/model")));
    }

    [Fact]
    public void TheUsualPlaceIsThatOfTheHubsOwnTools()
    {
        string Root(params (string Name, string Value)[] set) =>
            HubCache.UsualRoot(name => set.FirstOrDefault(pair => pair.Name == name).Value);
        Assert.Equal("a", Root(("HF_HUB_CACHE", "a"), ("HF_HOME", "b")));
        Assert.Equal(Path.Combine("b", "hub"), Root(("HF_HOME", "b"), ("XDG_CACHE_HOME", "c")));
        Assert.Equal(Path.Combine("c", "huggingface", "hub"), Root(("XDG_CACHE_HOME", "c")));
        Assert.EndsWith(Path.Combine(".cache", "huggingface", "hub"), Root(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hf:org")]
    [InlineData("hf:org/model/more")]
    [InlineData("hf:../model")]
    [InlineData("hf:org/mo..del")]
    [InlineData("hf:org/model@../../x")]
    [InlineData("hf:org--x/model")]
    [InlineData("hf:org/model\n")]
    [InlineData("hf:/model")]
    [InlineData("hf:org/model@")]
    public void WhatIsNoReferenceIsRefused(string text) => Assert.Equal("is no model of the hub.",
        Assert.Throws<RetortException>(() => HubReference.Parse(text)).What);

    [Fact]
    public async Task AFolderIsTakenAsItIs()
    {
        using var models = new HubModels(new HubCache(_folder.Path), _hub.Endpoint, null, TimeProvider.System);
        Assert.Equal(_folder.Path, await models.FolderAsync(_folder.Path, TestContext.Current.CancellationToken));
        var error = await Assert.ThrowsAsync<RetortException>(() => models.FolderAsync(_folder.At("none")));
        Assert.Equal("there is no such folder.", error.What);
    }

    private static byte[] Weights(int count)
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.At("a"), [SafetensorsTensor.FromFloats("a", [count],
            [.. Enumerable.Range(0, count).Select(i => (float)i)])]);
        return File.ReadAllBytes(folder.At("a"));
    }

    private async Task<string> FetchAsync()
    {
        using var models = new HubModels(new HubCache(_folder.Path), _hub.Endpoint, null, new NoPauses());
        return await models.FolderAsync("hf:org/model", TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _hub.Dispose();
        _folder.Dispose();
    }

    /// <summary>Pauses between attempts are over at once; how long a silence is borne stays.</summary>
    private sealed class NoPauses : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime.TotalSeconds is > 0 and < 10 ? TimeSpan.Zero : dueTime, period);
    }
}
