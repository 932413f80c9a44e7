using System.Runtime.InteropServices;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>A run may be killed at any moment; going on gives the bits of a run that was left alone.</summary>
[Trait("Category", "Kill")]
public sealed class KillTests(UninterruptedRun alone, ITestOutputHelper output) : IClassFixture<UninterruptedRun>
{
    private static readonly Seed Moments = new Seed(20150309).Derive("kill");

    [Fact]
    public void ThreeKillsLeaveNoTrace() => KillAndGoOn(3);

    [Fact]
    [Trait("Category", "Long")]
    public void TwentyKillsLeaveNoTrace() => KillAndGoOn(20);

    /// <summary>Killed before the first mark, the folder holds the lock and perhaps half a temporary file.</summary>
    [Fact]
    public void AFolderThatWasKilledAtItsVeryStartCanBeUsed()
    {
        using var folder = new TemporaryFolder();
        var killed = Directory.CreateDirectory(folder.At("killed")).FullName;
        File.WriteAllText(Path.Combine(killed, ".lock"), "1");
        File.WriteAllText(Path.Combine(killed, ".lock.pid"), "1");
        File.WriteAllText(Path.Combine(killed, ".stages.json.1-0.tmp"), "{");
        ToyRun.Finish(ToyRun.Digits(killed, "--resume"));
        ToyRun.AssertSame(alone.Path, killed);
    }

    /// <summary>Ctrl-C: code 130, the command that goes on, and the same bits.</summary>
    [Fact]
    public void AnInterruptedRunSaysHowToGoOn()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("SIGINT cannot be sent to one process on Windows; the kills cover it.");
        if (NativeMethods.InterruptIsIgnored()) Assert.Skip("A shell started this in the background and made it ignore Ctrl-C, as it does its children; run it in the foreground.");
        using var folder = new TemporaryFolder();
        var stopped = folder.At("stopped");
        using (var command = RetortCommand.Start(ToyRun.Digits(stopped)))
        {
            while (!command.HasEnded && !File.Exists(Path.Combine(stopped, "checkpoints", "teacher-0.safetensors"))) Thread.Sleep(5);
            _ = NativeMethods.Signal(command.Id, NativeMethods.Interrupt); // at once: a program that sends it may come after the run's end
            var (code, _, error) = command.End();
            Assert.True(code == 130, $"exit code {code}\n{error}");
            Assert.Contains($"go on with: retort run digits --out {stopped} --set data.train=300 ", error, StringComparison.Ordinal);
            Assert.EndsWith(" --resume\n", error, StringComparison.Ordinal);
        }
        ToyRun.Finish(ToyRun.Digits(stopped, "--resume"));
        ToyRun.AssertSame(alone.Path, stopped);
    }

    private void KillAndGoOn(int kills)
    {
        using var folder = new TemporaryFolder();
        output.WriteLine($"kill: an uninterrupted run takes {alone.Duration.TotalSeconds:0.00} s");

        var (done, round) = (0, 0);
        for (var draw = 0UL; done < kills; draw++)
        {
            var killed = folder.At($"killed-{round}");
            var moment = alone.Duration * Moments.UniformDouble(draw);
            using var command = RetortCommand.Start(ToyRun.Digits(killed, "--resume"));
            if (command.KillAfter(moment))
            {
                output.WriteLine($"kill: {++done} of {kills} after {moment.TotalSeconds:0.000} s, {Progress(killed)}");
                continue;
            }
            var (code, _, error) = command.End();
            Assert.True(code == 0, $"exit code {code}\n{error}");
            output.WriteLine($"kill: finished before {moment.TotalSeconds:0.000} s; the next kills hit a new folder");
            ToyRun.AssertSame(alone.Path, killed);
            round++;
        }
        ToyRun.Finish(ToyRun.Digits(folder.At($"killed-{round}"), "--resume"));
        ToyRun.AssertSame(alone.Path, folder.At($"killed-{round}"));
    }

    private static string Progress(string folder) => Path.Combine(folder, "stages.json") is var stages && File.Exists(stages)
        ? "stages done: "
            + string.Join(" ", ((string[])["label", "train", "export"]).Where(File.ReadAllText(stages).Contains).DefaultIfEmpty("none"))
        : "before the folder was marked";

    private static class NativeMethods
    {
        public const int Interrupt = 2;

        /// <summary>Only Linux says so; elsewhere the test just runs.</summary>
        public static bool InterruptIsIgnored() =>
            File.Exists("/proc/self/status")
            && File.ReadLines("/proc/self/status")
                .FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } ignored
            && (Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) & (1UL << (Interrupt - 1))) != 0;

        [DllImport("libc", EntryPoint = "kill")]
        public static extern int Signal(int process, int signal);
    }
}
