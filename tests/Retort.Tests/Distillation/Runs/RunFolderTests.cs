using Retort.Runs;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("retort-run-").FullName;

    private string Run => Path.Combine(_root, "run");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_second_run_in_the_same_folder_is_told_who_holds_it()
    {
        using var first = RunFolder.Open(Run, resume: false);
        var error = Assert.Throws<RetortException>(() => RunFolder.Open(Run, resume: true));
        Assert.Contains($"output folder in use by process {Environment.ProcessId}", error.What);
    }

    [Fact]
    public void A_stale_lock_is_taken_over()
    {
        Directory.CreateDirectory(Run);
        File.WriteAllText(Path.Combine(Run, ".lock"), "999999");
        using var folder = RunFolder.Open(Run, resume: false);
    }

    [Fact]
    public void A_finished_stage_is_known_after_resuming_for_the_same_inputs_only()
    {
        using (var folder = RunFolder.Open(Run, resume: false)) folder.StageDone("label", "h1");
        using var again = RunFolder.Open(Run, resume: true);
        Assert.True(again.IsStageDone("label", "h1"));
        Assert.False(again.IsStageDone("label", "h2"));
        Assert.False(again.IsStageDone("train", "h1"));
    }

    [Fact]
    public void A_run_is_gone_on_with_only_when_asked()
    {
        RunFolder.Open(Run, resume: false).Dispose();
        Assert.Contains("--resume", Assert.Throws<RetortException>(() => RunFolder.Open(Run, resume: false)).Remedy);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_foreign_folder_is_never_written_to(bool resume)
    {
        Directory.CreateDirectory(Run);
        File.WriteAllText(Path.Combine(Run, "thesis.txt"), "");
        Assert.Contains("thesis.txt", Assert.Throws<RetortException>(() => RunFolder.Open(Run, resume)).What);
        Assert.Single(Directory.GetFileSystemEntries(Run));
    }

    [Fact]
    public void Provenance_comes_back()
    {
        var provenance = new Provenance { Recipe = "r", RecipeHash = "h", Seed = 3, Threads = 2, Cost = [new("train", 2, 4)],
            Warnings = [new("label", "the teacher is worse")] };
        using var folder = RunFolder.Open(Run, resume: false);
        folder.WriteText("provenance.json", provenance.ToJson());
        var read = Provenance.FromJson(File.ReadAllText(folder.Provenance));
        Assert.Equal(provenance with { Cost = read.Cost, Notes = read.Notes, Warnings = read.Warnings }, read);
        Assert.Equal(provenance.Cost, read.Cost);
        Assert.Equal(provenance.Warnings, read.Warnings);
        Assert.Equal(provenance.Notes, read.Notes);
    }
}
