using System.Buffers.Binary;
using Retort.Formats.Safetensors;
using Retort.Labels;
using Retort.Labels.Sequences;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Labels.Sequences;

/// <summary>Whatever a crash leaves, the next run ends in the same folder; whatever is damaged is refused, never read.</summary>
public sealed class SequenceCrashTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    private string Folder => _root.At("labels");

    public static TheoryData<string, int> Steps => new()
    {
        { "journal-flushed", 0 }, { "shard-written", 0 }, { "journal-deleted", 0 },
        { "journal-flushed", 2 }, { "shard-written", 2 }, { "journal-deleted", 2 }, { "manifest-written", 0 },
    };

    /// <param name="step">Behind which it stops.</param>
    /// <param name="after">How many times the step is passed before.</param>
    [Theory]
    [MemberData(nameof(Steps))]
    public void ACrashAfterAnyStepEndsInTheSameFolder(string step, int after)
    {
        var description = SequenceCapture.Of(SequenceCodec.Sampled);
        SequenceCapture.Make(Folder, description);
        var whole = Contents();
        Directory.Delete(Folder, recursive: true);
        using (var writer = SequenceLabelWriter.Open(Folder, description, at =>
        {
            if (at == step && after-- == 0) throw new InvalidOperationException(at);
        }))
            Assert.Throws<InvalidOperationException>(() => SequenceCapture.Fill(writer));
        File.WriteAllText(Path.Combine(Folder, ".labels-00000-of-00003.safetensors.1-0.tmp"), "half");
        SequenceCapture.Make(Folder, description);
        Assert.Equal(whole, Contents());
    }

    [Fact]
    public void AnyPrefixOfAJournalLosesItsLastDocumentsOnly()
    {
        var description = SequenceCapture.Of(SequenceCodec.TopKByte) with { UnitDocuments = 7 };
        SequenceCapture.Make(Folder, description);
        var whole = Contents();
        Directory.Delete(Folder, recursive: true);
        var ends = new List<long>();
        var journal = Path.Combine(Folder, "unit-000000.a1.wip");
        using (var writer = SequenceLabelWriter.Open(Folder, description))
            for (var document = 0; document < 4; document++)
            {
                SequenceCapture.Fill(writer, 1);
                writer.Flush();
                ends.Add(new FileInfo(journal).Length);
            }
        var bytes = File.ReadAllBytes(journal);
        for (var length = 0; length <= bytes.Length; length += length < 40 ? 1 : 29)
        {
            File.WriteAllBytes(journal, bytes[..length]);
            using var writer = SequenceLabelWriter.Open(Folder, description);
            Assert.Equal(ends.Count(end => end <= length), writer.NextDocument);
        }
        SequenceCapture.Make(Folder, description);
        Assert.Equal(whole, Contents());
    }

    /// <summary>The frame's checksums are right: what it holds is no document of this set.</summary>
    [Fact]
    public void AFrameThatIsNoDocumentEndsTheJournal()
    {
        var description = SequenceCapture.Of(SequenceCodec.TopKByte);
        using (var writer = SequenceLabelWriter.Open(Folder, description)) SequenceCapture.Fill(writer, 2);
        using (var journal = LabelJournal.Open(Path.Combine(Folder, "unit-000000.a1.wip"))) journal.Append([2, 0, 0, 0, 1, 2, 3]);
        using (var writer = SequenceLabelWriter.Open(Folder, description))
        {
            Assert.Equal(2, writer.NextDocument);
            SequenceCapture.Fill(writer);
        }
        using var reader = SequenceLabelReader.Open(Folder, description, verifyAll: true);
    }

    [Theory]
    [InlineData(SequenceCodec.TopKByte, 0)]
    [InlineData(SequenceCodec.Sampled, 1)]
    [InlineData(SequenceCodec.TopKHalf, 0)]
    public void AnyFlippedBitAndAnyPrefixOfAShardIsRefused(SequenceCodec codec, int prompt)
    {
        var description = SequenceCapture.Of(codec, documents: 2) with
        {
            MaximumTokens = 6, Temperatures = codec == SequenceCodec.TopKHalf ? [2] : [],
        };
        SequenceCapture.Make(Folder, description, prompt);
        var path = Assert.Single(Directory.GetFiles(Folder, "*.safetensors"));
        var bytes = File.ReadAllBytes(path);
        var header = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            if (bit / 8 < header && bit % 8 != bit / 8 % 8) continue; // one bit of each byte of the long header
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(path, bytes);
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.ThrowsAny<RetortException>(ReadAll);
        }
        for (var length = 0; length < bytes.Length; length += 17)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.ThrowsAny<RetortException>(ReadAll);
        }
        File.WriteAllBytes(path, bytes);
        ReadAll();

        void ReadAll()
        {
            using var reader = SequenceLabelReader.Open(Folder, description);
            var kept = reader.MaximumKept;
            for (var document = 0; document < 2; document++)
            {
                var rows = reader.Length(document);
                reader.Key(document);
                reader.ReadTokens(document, 0, new int[rows]);
                reader.ReadMask(document, 0, new byte[rows]);
                if (description.Temperatures.Count > 0) reader.ReadNormalisers(document, 0, new float[rows]);
                reader.ReadRows(document, 0, new int[rows * kept], new float[rows * kept], new float[rows]);
            }
        }
    }

    [Fact]
    public void ASealedShardIsAdoptedAndADamagedOneNamed()
    {
        var description = SequenceCapture.Of(SequenceCodec.TopKByte);
        SequenceCapture.Make(Folder, description);
        var whole = Contents();
        File.Delete(Path.Combine(Folder, LabelLayout.ManifestName));
        File.Delete(Path.Combine(Folder, "labels-00001-of-00003.safetensors"));
        using (var writer = SequenceLabelWriter.Open(Folder, description))
        {
            Assert.Equal([3, 4, 5], writer.MissingDocuments());
            SequenceCapture.Fill(writer);
        }
        Assert.Equal(whole, Contents());

        var path = Path.Combine(Folder, "labels-00002-of-00003.safetensors");
        var bytes = File.ReadAllBytes(path);
        int place;
        using (var shard = SafetensorsReader.Open(path)) place = (int)shard.Entries["payload"].Offset;
        bytes[place] ^= 1;
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<RetortException>(() => SequenceLabelWriter.Open(Folder, description));
        Assert.StartsWith($"{path}  is damaged in block 0 (1 MiB): CRC ", error.Message);
        using var reader = SequenceLabelReader.Open(Folder, description);
        reader.ReadRows(0, 0, new int[5], new float[5], new float[1]);
        Assert.Throws<RetortException>(() => reader.ReadRows(6, 0, new int[5], new float[5], new float[1]));
    }

    [Fact]
    public void AnUnfinishedSetIsRefused()
    {
        var description = SequenceCapture.Of(SequenceCodec.TopKByte);
        using (var writer = SequenceLabelWriter.Open(Folder, description)) SequenceCapture.Fill(writer, 4);
        Assert.Contains("not finished", Assert.Throws<RetortException>(() => SequenceLabelReader.Open(Folder, description)).What);
    }

    private List<string> Contents() =>
        [.. Directory.GetFiles(Folder).Order().Select(file => Path.GetFileName(file) + " " + Convert.ToHexString(File.ReadAllBytes(file)))];
}
