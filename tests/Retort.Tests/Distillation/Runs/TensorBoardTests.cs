using Retort.Runs;
using Xunit;

namespace Retort.Tests.Distillation.Runs;

public sealed class TensorBoardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retort-board-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_golden_version_record() => Assert.Equal(
        "1800000000000000a37f4b2209000000000000f03f1a0d627261696e2e4576656e743a3286bf577a",
        Convert.ToHexStringLower(TensorFlowRecord.Frame(TensorBoardWriter.VersionEvent(1))));

    [Fact]
    public void The_golden_scalar_record() => Assert.Equal(
        "1a00000000000000129bd82d09000000000000004010072a0d0a0b0a046c6f7373150000003fc33fc24a",
        Convert.ToHexStringLower(TensorFlowRecord.Frame(TensorBoardWriter.ScalarEvent(2, 7, "loss", 0.5f))));

    [Fact]
    public void Scalars_come_back_and_any_prefix_is_readable()
    {
        string path;
        using (var writer = TensorBoardWriter.Create(_folder, TimeProvider.System))
        {
            path = writer.FilePath;
            for (var step = 0; step < 5; step++) writer.WriteScalar("train/loss", step * 1000L, step / 4d);
        }
        Assert.Matches(@"^events\.out\.tfevents\.\d{10}\.retort$", Path.GetFileName(path));
        var bytes = File.ReadAllBytes(path);
        var all = TensorBoardReader.Read(bytes);
        Assert.Equal([0, 1000, 2000, 3000, 4000], all.Select(scalar => scalar.Step));
        Assert.Equal([0f, 0.25f, 0.5f, 0.75f, 1f], all.Select(scalar => scalar.Value));
        for (var length = 0; length <= bytes.Length; length++)
        {
            var some = TensorBoardReader.Read(bytes.AsSpan(0, length));
            Assert.Equal(all.Take(some.Count), some);
        }
    }

    [Fact]
    public void A_second_file_in_the_same_second_has_another_name()
    {
        using var first = TensorBoardWriter.Create(_folder, TimeProvider.System);
        using var second = TensorBoardWriter.Create(_folder, TimeProvider.System);
        Assert.NotEqual(first.FilePath, second.FilePath);
    }
}
