using Retort.Labels;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Labels;

public sealed class LabelSetTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("retort-labels-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Folder => Path.Combine(_root, "labels");

    private void Make(LabelSetDescription description) => Capture.Make(Folder, description);

    [Fact]
    public void Dense_logits_come_back_bit_for_bit_across_shards()
    {
        var description = Capture.Of(LabelCodec.Dense, 5000);
        Make(description);
        using var reader = LabelReader.Open(Folder, description, verifyAll: true);
        int[] rows = [4999, 0, 4095, 4096];
        var logits = new float[4 * 7];
        reader.ReadDense(rows, logits);
        Assert.Equal(rows.SelectMany(row => Capture.Logits(row, 7)), logits);
        Assert.Equal(32, reader.BytesPerRow);
        Assert.Equal(2, Directory.GetFiles(Folder, "*.safetensors").Length);
        Assert.Empty(Directory.GetFiles(Folder, "*.wip"));
    }

    [Theory]
    [InlineData("3", 7)]
    [InlineData("1", 300)]
    [InlineData("all", 7)]
    [InlineData("p>=0.2", 300)]
    [InlineData("p>=0.01", 7)]
    public void Top_k_keeps_ids_exactly_and_the_rest_within_f16(string keep, int classes)
    {
        var description = Capture.Of(LabelCodec.TopK, 20, classes, keep);
        Make(description);
        using var reader = LabelReader.Open(Folder, description, verifyAll: true);
        var (ids, logs, tail) = (new int[reader.MaximumKept], new float[reader.MaximumKept], new float[1]);
        for (var row = 0; row < 20; row++)
        {
            var kept = LabelKeep.Parse(keep).Select(Capture.Logits(row, classes));
            reader.ReadTopK([row], ids, logs, tail);
            Assert.Equal(kept.Ids, ids.Where(id => id >= 0));
            for (var index = 0; index < kept.Ids.Length; index++)
                Assert.Equal(kept.LogProbabilities[index], logs[index], Math.Abs(kept.LogProbabilities[index]) / 2048 + 1e-7);
            Assert.Equal(Math.Exp(kept.LogTail), tail[0], 2e-3);
        }
    }

    [Theory]
    [InlineData(LabelCodec.Hard, "all")]
    [InlineData(LabelCodec.Dense, "all")]
    [InlineData(LabelCodec.TopK, "2")]
    public void The_hard_class_is_the_largest_logit(LabelCodec codec, string keep)
    {
        var description = Capture.Of(codec, keep: keep);
        Make(description);
        using var reader = LabelReader.Open(Folder, description);
        var classes = new int[20];
        reader.ReadHard(Enumerable.Range(0, 20).ToArray(), classes);
        Assert.Equal(Enumerable.Range(0, 20).Select(row => Array.IndexOf(Capture.Logits(row, 7), Capture.Logits(row, 7).Max())), classes);
    }

    [Theory]
    [InlineData("journal-flushed")]
    [InlineData("shard-written")]
    [InlineData("journal-deleted")]
    [InlineData("manifest-written")]
    public void A_crash_after_any_step_ends_in_the_same_folder(string step)
    {
        var description = Capture.Of(LabelCodec.Hard, 4100);
        Make(description);
        var whole = Contents();
        Directory.Delete(Folder, recursive: true);
        using (var writer = LabelWriter.Open(Folder, description, at => { if (at == step) throw new InvalidOperationException(at); }))
            Assert.Throws<InvalidOperationException>(() => Capture.Fill(writer, 7));
        File.WriteAllText(Path.Combine(Folder, ".labels-00000-of-00002.safetensors.1-0.tmp"), "half");
        Make(description);
        Assert.Equal(whole, Contents());
    }

    [Fact]
    public void A_torn_journal_labels_each_missing_row_once()
    {
        var description = Capture.Of(LabelCodec.Dense);
        using (var writer = LabelWriter.Open(Folder, description)) Capture.Fill(writer, 7, 9);
        var journal = Path.Combine(Folder, "unit-000000.a1.wip");
        File.WriteAllBytes(journal, File.ReadAllBytes(journal)[..^3]);
        using (var writer = LabelWriter.Open(Folder, description))
        {
            Assert.Equal(8, writer.NextRow);
            Assert.Equal(Enumerable.Range(8, 12), writer.MissingRows());
            Capture.Fill(writer, 7);
        }
        using var reader = LabelReader.Open(Folder, description, verifyAll: true);
    }

    [Fact]
    public void Any_flipped_bit_and_any_prefix_of_a_shard_is_refused()
    {
        var description = Capture.Of(LabelCodec.TopK, 4, 7, "p>=0.1");
        Make(description);
        var path = Assert.Single(Directory.GetFiles(Folder, "*.safetensors"));
        var bytes = File.ReadAllBytes(path);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(path, flipped);
            Assert.ThrowsAny<RetortException>(() =>
            {
                using var reader = LabelReader.Open(Folder, description);
                reader.ReadHard([0, 1, 2, 3], new int[4]);
            });
        }
        for (var length = 0; length < bytes.Length; length += 7)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.ThrowsAny<RetortException>(() => LabelReader.Open(Folder, description).Dispose());
        }
    }

    [Fact]
    public void An_unfinished_set_is_refused()
    {
        var description = Capture.Of(LabelCodec.Dense);
        using (var writer = LabelWriter.Open(Folder, description)) Capture.Fill(writer, 7, 5);
        Assert.Contains("not finished", Assert.Throws<RetortException>(() => LabelReader.Open(Folder, description)).What);
    }

    private List<string> Contents() =>
        [.. Directory.GetFiles(Folder).Order().Select(file => Path.GetFileName(file) + " " + Convert.ToHexString(File.ReadAllBytes(file)))];
}
