using System.Text.Json;
using Retort.Checkpoints;
using Retort.Data.Text;
using Retort.Students;
using Retort.Tensors.Devices.Cpu;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

/// <summary>From a file of stories to a published model's surprise at each of them: rows, tokens, beginning, context, loss.</summary>
public sealed class PublishedStoriesTests
{
    [Fact]
    public void SurpriseTheModelAsPublished()
    {
        var golden = RealData.Files("nll_golden.json").FirstOrDefault();
        var stories = RealData.Files("tinystories_cased.txt.gz").FirstOrDefault();
        if (golden is null || stories is null)
            Assert.Skip("nll_golden.json and tinystories_cased.txt.gz were not found: set RETORT_DATA to a folder that holds them.");
        var folder = Path.GetDirectoryName(golden)!;
        var encoder = new TextEncoder(TextTokenizer.Open(folder), 256, cuts: true, TimeProvider.System);
        using var document = JsonDocument.Parse(File.ReadAllBytes(golden));
        var published = document.RootElement.GetProperty("per_story").EnumerateArray().ToList();
        TextDocument[] documents = [.. TextRow.Read(stories).Take(published.Count).Select(encoder.Encode)];
        using var device = new CpuDevice(1);
        using var checkpoint = LanguageCheckpoint.Load(folder, device);
        var losses = TokenPredictor.Losses(checkpoint.Model, documents, 256, int.MaxValue, device);
        var whole = 0;
        for (var i = 0; i < documents.Length; i++)
        {
            var tokens = published[i].GetProperty("tokens").GetInt32();
            Assert.Equal(Math.Min(256, tokens + 1), documents[i].Tokens.Length); // the end of a text is learnt, too
            if (tokens < 256) continue;
            whole++;
            Assert.Equal(published[i].GetProperty("mean_nll").GetDouble(), losses[i] / documents[i].Targets, 1e-4);
        }
        Assert.True(whole > 10, $"{whole} stories fill the context");
    }
}
