using Retort.Formats.Safetensors;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>A run with a buffer of answers may be killed at any moment too.</summary>
[Trait("Category", "Kill")]
public sealed class OnPolicyKillTests(ITestOutputHelper output)
{
    [Fact]
    public void ThreeKillsLeaveNoTrace()
    {
        using var folder = new TemporaryFolder();
        var recipe = folder.With("toy.yaml", OnPolicyRunTests.Toy);
        var checkpoint = folder.At("killed/checkpoints/student.safetensors");
        string[] Run(string name) => ["run", recipe, "--out", folder.At(name), "--resume",
            .. ToyRun.Set("student.onPolicy.controls=false", "student.training.epochs=16")];
        ToyRun.Finish(Run("alone"));
        var moments = new Seed(20240613).Derive("kill");
        for (var kill = 0UL; kill < 3; kill++)
        {
            var before = File.GetLastWriteTimeUtc(checkpoint);
            using var command = RetortCommand.Start(Run("killed"));
            while (!command.HasEnded && File.GetLastWriteTimeUtc(checkpoint) == before) Thread.Sleep(1); // a file that lacks has a time too
            Assert.True(command.KillAfter(TimeSpan.FromMilliseconds(100 * moments.UniformDouble(kill))), "the run ended before it was killed");
            output.WriteLine($"kill: {kill + 1} of 3, after {Updates(checkpoint)} updates of the student");
        }
        ToyRun.Finish(Run("killed"));
        ToyRun.AssertSame(folder.At("alone"), folder.At("killed"));
    }

    private static string Updates(string checkpoint)
    {
        using var reader = SafetensorsReader.Open(checkpoint);
        return reader.Metadata["updates"];
    }
}
