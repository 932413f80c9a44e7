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
        string[] Run(string name) => ["run", recipe, "--out", folder.At(name), "--set", "student.onPolicy.controls=false", "--resume"];
        var began = TimeProvider.System.GetTimestamp();
        ToyRun.Finish(Run("alone"));
        var whole = TimeProvider.System.GetElapsedTime(began);
        var moments = new Seed(20240613).Derive("kill");
        var done = 0;
        for (var draw = 0UL; done < 3; draw++)
        {
            using var command = RetortCommand.Start(Run("killed"));
            var moment = whole * (0.3 + 0.6 * moments.UniformDouble(draw));
            if (!command.KillAfter(moment)) break;
            output.WriteLine($"kill: {++done} of 3 after {moment.TotalSeconds:0.00} s, "
                + (File.Exists(folder.At("killed/checkpoints/student.safetensors")) ? "student begun" : "before the student"));
        }
        ToyRun.Finish(Run("killed"));
        ToyRun.AssertSame(folder.At("alone"), folder.At("killed"));
    }
}
