using Retort.Data.Text;
using Retort.Tensors;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

/// <summary>Half of a batch is of each task; whoever has fewer rows begins again.</summary>
public sealed class TwoTaskBatchesTests
{
    [Fact]
    public void HalfAndHalfWhateverIsAskedFirst()
    {
        var batches = new TwoTaskBatches(Documents("a", 10), Documents("b", 3), 8, 4, new Seed(1));
        Assert.Equal(5, batches.StepsPerEpoch);
        var places = new Dictionary<long, string>();
        foreach (var update in (long[])[0, 1, 2, 3, 4, 7, 3, 0])
        {
            var batch = batches.CreateBatch();
            batches.Fill(update, batch);
            Assert.Equal(4, batch.Text!.Rows);
            var said = string.Join(' ', batch.Text.Texts.Select(text => text.Place));
            Assert.Equal("aabb", string.Concat(batch.Text.Texts.Select(text => text.Place[0])));
            if (places.TryGetValue(update, out var before)) Assert.Equal(before, said);
            places[update] = said;
        }
        string[] seen = [.. Enumerable.Range(0, 5).SelectMany(update => places[update].Split(' ')).Where(place => place[0] == 'a')];
        Assert.Equal(10, seen.Distinct().Count());
    }

    private static TextDocument[] Documents(string name, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new TextDocument($"{name}{i}", [1, 2, 3, 4, 5], [false, true, true, true, true]))];
}
