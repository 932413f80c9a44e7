using Retort.Runs;
using Xunit;

namespace Retort.Tests.Distillation.Runs;

public sealed class EventLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retort-events-").FullName;

    private string Log => Path.Combine(_folder, "events.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_line_is_one_metric_object()
    {
        using (var log = EventLog.Open(Log, TimeProvider.System)) log.Write("train", "student.loss", 7, 0.5);
        var line = Assert.Single(File.ReadAllLines(Log));
        Assert.Matches("""^\{"step":7,"stage":"train","name":"student.loss","value":0.5,"seconds":[0-9.]+\}$""", line);
    }

    [Fact]
    public void Any_torn_tail_is_cut_and_the_log_goes_on()
    {
        Fill(4);
        var bytes = File.ReadAllBytes(Log);
        for (var length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(Log, bytes[..length]);
            var whole = EventLog.Read(Log).Count;
            Assert.Equal(bytes.Take(length).Count(value => value == '\n'), whole);
            using (var log = EventLog.Open(Log, TimeProvider.System)) log.Write("train", "loss", 100, 1);
            Assert.Equal([.. Enumerable.Range(1, whole).Select(step => (long)step), 100], EventLog.Read(Log).Select(line => line.Step));
        }
    }

    [Fact]
    public void A_resumed_stage_loses_the_lines_after_its_checkpoint_and_no_other_stage_does()
    {
        Fill(9);
        using (var log = EventLog.Open(Log, TimeProvider.System)) log.Write("label", "rows", 50, 50);
        using (var log = EventLog.Open(Log, TimeProvider.System))
        {
            log.ResumeAt("train", 6);
            log.Write("train", "loss", 7, 0.7);
        }
        var lines = EventLog.Read(Log);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], lines.Where(line => line.Stage == "train").Select(line => line.Step));
        Assert.Equal(50, Assert.Single(lines, line => line.Stage == "label").Step);
    }

    [Fact]
    public void A_stage_begun_again_rewinds_by_itself_once()
    {
        Fill(9);
        using (var log = EventLog.Open(Log, TimeProvider.System))
        {
            log.Write("train", "loss", 3, 0.3);
            Assert.Throws<InvalidOperationException>(() => log.Write("train", "loss", 3, 0.3));
        }
        Assert.Equal([1, 2, 3], EventLog.Read(Log).Select(line => line.Step));
    }

    [Fact]
    public void A_value_that_is_not_finite_is_null()
    {
        using (var log = EventLog.Open(Log, TimeProvider.System)) log.Write("train", "loss", 1, double.NaN);
        Assert.Null(Assert.Single(EventLog.Read(Log)).Value);
    }

    private void Fill(int steps)
    {
        using var log = EventLog.Open(Log, TimeProvider.System);
        for (var step = 1; step <= steps; step++) log.Write("train", "loss", step, 1d / step);
    }
}
