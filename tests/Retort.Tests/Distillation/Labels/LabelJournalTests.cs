using Retort.Labels;
using Xunit;

namespace Retort.Tests.Distillation.Labels;

public sealed class LabelJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retort-journal-").FullName;

    private string Journal => Path.Combine(_folder, "unit-000000.a1.wip");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Any_prefix_recovers_its_complete_frames_and_goes_on()
    {
        var bytes = Write(6);
        var frame = bytes.Length / 6;
        for (var length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(Journal, bytes[..length]);
            using (var journal = LabelJournal.Open(Journal)) journal.Append([200, 0, 0, 0]);
            Assert.Equal([.. Enumerable.Range(0, length / frame), 200], Rows());
        }
    }

    [Fact]
    public void Any_flipped_bit_ends_the_journal_before_its_frame()
    {
        var bytes = Write(3);
        var frame = bytes.Length / 3;
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Equal(bit / 8 / frame * frame, LabelJournal.Scan(flipped));
        }
    }

    [Fact]
    public void What_was_appended_is_readable_after_a_hundred_frames_without_closing()
    {
        using var journal = LabelJournal.Open(Journal);
        for (var row = 0; row < LabelJournal.FlushEvery; row++) journal.Append([(byte)row, 0, 0, 0]);
        Assert.Equal(LabelJournal.FlushEvery * 20, new FileInfo(Journal).Length);
    }

    private byte[] Write(int frames)
    {
        using (var journal = LabelJournal.Open(Journal))
            for (var row = 0; row < frames; row++) journal.Append([(byte)row, 0, 0, 0]);
        return File.ReadAllBytes(Journal);
    }

    private List<int> Rows()
    {
        var rows = new List<int>();
        LabelJournal.Scan(File.ReadAllBytes(Journal), payload =>
        {
            rows.Add(payload[0]);
            return true;
        });
        return rows;
    }
}
