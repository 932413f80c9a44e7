using System.Formats.Tar;
using Retort.Data.Sound;
using Retort.Tests.Distillation.Recipes;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Data.Sound;

public sealed class RecordingTests
{
    private static readonly byte[] Wav = [.. "RIFF\0\0\0\0WAVEfmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0, 0, 0, 0, 1, 0, 8, 0,
        .. "data"u8, 2, 0, 0, 0, 128, 192];

    private static IReadOnlyList<Recording> Read(params (string Name, byte[] Content)[] files)
    {
        using var folder = new TemporaryFolder();
        using (var archive = new TarWriter(File.Create(folder.At("a.tar"))))
            foreach (var (name, content) in files)
                archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return Recording.ReadArchive(folder.At("a.tar"));
    }

    [Fact]
    public void TheNameSaysTheClass()
    {
        var read = Read(("7_b.wav", Wav), ("readme.txt", [1]), ("3_a.wav", Wav));
        Assert.Equal([3, 7], read.Select(recording => recording.Class));
        Assert.Equal([0, 0.5f], read[0].Sound.Samples);
        Assert.Equal(8000, read[0].Sound.Rate);
    }

    [Fact]
    public void ANameWithoutAClassIsRefused() =>
        Assert.Contains("a.tar:seven_b.wav  the name starts with 'seven'.", Texts.ErrorOf(() => Read(("seven_b.wav", Wav))),
            StringComparison.Ordinal);

    [Fact]
    public void AnArchiveThatIsCutIsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.At("a.tar"), [.. "7_b.wav"u8, .. new byte[300]]);
        Assert.Contains("a.tar  the archive is damaged after 0 recordings.", Texts.ErrorOf(() => Recording.ReadArchive(folder.At("a.tar"))),
            StringComparison.Ordinal);
    }
}
