using Retort.Cli;
using Retort.Recipes;
using Retort.Runs;
using Retort.Tests.Cli;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>What a user may get wrong, from the command line to the sentence.</summary>
public sealed class BadInputTests
{
    [Fact]
    public void AFolderInUseIsRefused()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        using var living = RunFolder.Open(run, resume: false);
        Refused(2,
            $"{run}  output folder in use by process {Environment.ProcessId}.\n  expected a folder that no living run writes to.\n  wait for that run, stop it, or choose another folder with --out.\n",
            ToyRun.Digits(run, "--resume"));
    }

    [Fact]
    public void AFolderOfAnotherRecipeIsRefused()
    {
        using var folder = new TemporaryFolder();
        var run = folder.At("run");
        var digits = ToyRun.Digits(run);
        Assert.Equal(2, Terminal.Run(new Library(), ["train", .. digits[1..]]).Code); // labels are missing, the folder is begun
        var begun = RecipeWriter.Hash(RecipeReader.Read(File.ReadAllText(Path.Combine(run, "recipe.yaml")), "recipe.yaml"));
        var given = RecipeWriter.Hash(RecipeReader.Read(Catalog.ReadShipped("digits").Text, "digits.yaml",
            [.. digits.Where(part => part.Contains('=', StringComparison.Ordinal)), "seed=2"]));
        Refused(2,
            $"{run}  holds a run of another recipe ({begun[..12]} ≠ {given[..12]}).\n  the recipe it was begun with: digits.\n  use that recipe, or another --out.\n",
            ToyRun.Digits(run, ["--resume", .. ToyRun.Set("seed=2")]));
    }

    [Fact]
    public void AnObjectiveThatTheLabelsCannotFeedIsRefused()
    {
        using var folder = new TemporaryFolder();
        Refused(2,
            "digits.yaml  objective 'soft-label' needs TopLogits or DenseLogits.\n  labels.kind 'hard' offers HardLabels.\n  write labels: {kind: soft}, or use an objective that needs HardLabels: hard-label, virtual-teacher.\n",
            ToyRun.Digits(folder.At("run"), ToyRun.Set("labels.kind=hard")));
        Assert.False(Directory.Exists(folder.At("run")));
    }

    [Fact]
    public void ATeacherOfOtherClassesIsRefused()
    {
        using var folder = new TemporaryFolder();
        var digits = Terminal.Run(new Library(), ["label", .. ToyRun.Digits(folder.At("digits"))[1..]]);
        Assert.True(digits.Code == 0, digits.Error);
        folder.With("table.csv", "a,b,kind\n" + string.Concat(Enumerable.Range(0, 60).Select(row =>
            $"{row},{row % 7},{"xyz"[row % 3]}\n")));
        var teacher = folder.At("digits/teacher/0");
        var recipe = folder.With("table.yaml", $$"""
            name: table
            data: {source: csv, path: {{folder.At("table.csv")}}, target: kind, validation: 12, test: 12}
            teacher: {source: checkpoint, path: {{teacher}}}
            student: {model: {kind: mlp, hidden: [4]} }
            """);
        Refused(2,
            $"{teacher}  the teacher answers 10 classes about examples [1, 28, 28].\n  3 classes and examples [2], as the data have.\n  use the data that this teacher was trained on.\n",
            "run", recipe, "--out", folder.At("run"));
    }

    [Fact]
    public void ALossThatIsNotFiniteSaysWhere()
    {
        using var folder = new TemporaryFolder();
        var terminal = Terminal.Run(new Library(), ToyRun.Digits(folder.At("run"), ToyRun.Set(
            "student.training.learningRate=1000", "student.training.optimizer=sgd", "student.training.clipNorm=0",
                "student.training.schedule=constant")));
        Assert.Equal(1, terminal.Code);
        Assert.Matches("""
            ^student, update \d+ of 24 \(epoch \d+\)  the (loss|gradient norm) .+ is not finite; (the weights of '[\w.]+' are not finite|all weights are still finite, so it came from the batch or from this step's activations); batch of \d+, rows (\d+, ){8}…\.
              a finite loss \(learning rate 1000, clip norm 0\)\.
              lower learningRate by 5 to 10 \(soft targets at a high temperature need that\), keep clipNorm on, or check the rows named for NaN\.
            $
            """.ReplaceLineEndings("\n").Replace("\n$", "\n$", StringComparison.Ordinal), terminal.Error);
    }

    [Theory]
    [InlineData("student.objective.0.temperature=0", "student.objective[0].temperature is '0'.", "expected a number above 0 to 1000.")]
    [InlineData("student.objective.0.temperature=-1", "student.objective[0].temperature is '-1'.", "expected a number above 0 to 1000.")]
    [InlineData("student.training.learningRate=1e30", "student.training.learningRate is '1e30'.", "expected a number above 0 to 1000.")]
    [InlineData("student.training.learningRate=.nan", "student.training.learningRate is '.nan'.", "expected a number above 0 to 1000.")]
    public void ANumberOutOfRangeIsRefused(string entry, string what, string expected)
    {
        using var folder = new TemporaryFolder();
        Refused(2, $"--set {entry}  {what}\n  {expected}\n", ToyRun.Digits(folder.At("run"), ToyRun.Set(entry)));
    }

    private static void Refused(int code, string message, params string[] arguments)
    {
        var terminal = Terminal.Run(new Library(), arguments);
        Assert.EndsWith(message, terminal.Error, StringComparison.Ordinal);
        Assert.Equal(code, terminal.Code);
    }
}
