using System.Globalization;
using Retort.Runs;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>
/// Forward KL on a weak start's own answers alone, at a rate that is far too high: it never finds back to what the teacher would say.
/// </summary>
[Trait("Category", "Recipe")]
public sealed class CollapseTests
{
    private const string Toy = """
        name: collapse
        data: {source: arithmetic, train: 200, validation: 20, test: 30, terms: 2, testTerms: 2, contextLength: 48}
        teacher:
          source: train
          model: {kind: gpt, width: 32, layers: 1, heads: 2, tiedHead: true}
          training: {epochs: 40, batchSize: 4, learningRate: 0.01, clipNorm: 1, warmupSteps: 20}
        student:
          model: {kind: gpt, width: 16, layers: 1, heads: 2, tiedHead: true}
          training: {epochs: 8, batchSize: 4, learningRate: 0.01, checkpointSteps: 10}
          onPolicy: {share: 1, controls: false}
          watchdog: {outsideMass: 0.6, after: 0.5, patience: 5}
        baseline: {learningRates: [0.01], halfSteps: false}
        evaluation: {resamples: 200}

        """;

    /// <summary>Code 1, a sentence, the last sound checkpoint, and the student as it was there; going on comes to the same end.</summary>
    [Fact]
    public void ACollapsingRunIsStoppedAndRolledBack()
    {
        using var folder = new TemporaryFolder();
        string[] run = ["run", folder.With("toy.yaml", Toy), "--out", folder.At("run"), "--set", "student.training.learningRate=0.3"];
        var (code, _, error) = RetortCommand.Run(run);
        Assert.Equal(1, code);
        Assert.Contains("the student collapses; for 5 looks one after the other", error, StringComparison.Ordinal);
        Assert.Contains("of its probability is on tokens that the teacher would not say (outsideMass allows 0.6)", error,
            StringComparison.Ordinal);
        Assert.Contains("the run is rolled back to its last sound checkpoint, of update 60.", error, StringComparison.Ordinal);
        Assert.Contains("onPolicy.warmUpSteps", error, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.At("run/student/model.safetensors")));
        var looks = EventLog.Read(folder.At("run/events.jsonl")).Where(line => line.Name == "outside_mass").TakeLast(5);
        Assert.All(looks, look => Assert.True(look.Value > 0.6, look.Value?.ToString(CultureInfo.InvariantCulture)));

        var student = File.ReadAllBytes(folder.At("run/student/model.safetensors"));
        (code, _, var again) = RetortCommand.Run([.. run, "--resume"]);
        Assert.Equal((1, error), (code, again));
        Assert.Equal(student, File.ReadAllBytes(folder.At("run/student/model.safetensors")));
    }

    /// <summary>The same thresholds leave a run alone that learns.</summary>
    [Fact]
    public void ARunThatLearnsIsLeftAlone()
    {
        using var folder = new TemporaryFolder();
        ToyRun.Finish("run", folder.With("toy.yaml", Toy), "--out", folder.At("run"));
    }
}
