using System.Text.Json.Nodes;
using Retort.Cli;
using Retort.Tests.Cli;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.EndToEnd;

/// <summary>Labels that lie in the run folder are not trusted: another store's, another teacher's, or one file too few.</summary>
[Trait("Category", "Recipe")]
public sealed class StoredLabelTests : IDisposable
{
    private const string Shard = "labels/labels-00000-of-00001.safetensors";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AShardOfAnotherRunIsRefused()
    {
        var (ours, theirs) = (_folder.At("ours"), _folder.At("theirs"));
        Done("label", ours);
        Done("label", theirs, "seed=2");
        var (wanted, found) = (Described(ours, "data_sha256"), Described(theirs, "data_sha256"));
        File.Copy(Path.Combine(theirs, Shard), Path.Combine(ours, Shard), overwrite: true);
        Refused($"{Path.Combine(ours, Shard)}  has source data SHA-256 {found}.\n  expected {wanted}.\n  these are labels of other data: use those data, or delete the labels folder and label again, or use them all the same with labels.accept.data: {found}.\n",
            Run("train", ours));
    }

    [Fact]
    public void AnotherTeachersLabelsAreUsedOnlyByName()
    {
        var (ours, theirs) = (_folder.At("ours"), _folder.At("theirs"));
        Done("label", ours);
        Done("label", theirs, "teacher.training.epochs=1");
        var (labelled, present) = (Described(ours, "teacher_sha256"), Described(theirs, "teacher_sha256"));
        foreach (var file in Directory.GetFiles(Path.Combine(theirs, "teacher/0")))
            File.Copy(file, Path.Combine(ours, "teacher/0", Path.GetFileName(file)), overwrite: true);
        var refusal =
            $"{Path.Combine(ours, "labels/manifest.json")}  has teacher SHA-256 {labelled}.\n  expected {present}.\n  these are another teacher's answers: use that teacher, or delete the labels folder and label again, or use them all the same with labels.accept.teacher: {labelled}.\n";
        Refused(refusal, Run("train", ours));
        Refused(refusal, Run("train", ours, $"labels.accept.teacher={present}", "labels.accept.mixedCaptures=true"));

        var sentence = $"labels.accept.teacher: labels with teacher SHA-256 {labelled} are used where the recipe has {present}.";
        Assert.Contains($"warning: {sentence}\n", Done("train", ours, $"labels.accept.teacher={labelled}").Output,
            StringComparison.Ordinal);
        Assert.Contains(sentence, Sentences(Path.Combine(ours, "provenance.json")));
        Done("run", ours); // the key is no part of the recipe's identity, and what was done with it stays noted
        Assert.Contains(sentence, Sentences(Path.Combine(ours, "provenance.json")));
        Assert.Contains(sentence, Sentences(Path.Combine(ours, "eval.json")));
    }

    [Fact]
    public void ALostShardIsLabelledAgain()
    {
        Done("run", _folder.At("whole"));
        Done("label", _folder.At("hurt"));
        File.Delete(_folder.At("hurt/" + Shard));
        Refused($"{_folder.At("hurt/" + Shard)}  is missing.\n  expected {new FileInfo(_folder.At("whole/" + Shard)).Length} bytes.\n  run again with --resume: only its rows are labelled again.\n",
            Run("train", _folder.At("hurt")));
        Done("run", _folder.At("hurt"));
        ToyRun.AssertSame(_folder.At("whole"), _folder.At("hurt"));
    }

    private static Terminal Run(string verb, string folder, params string[] settings) =>
        Terminal.Run(new Library(),
            [verb, .. ToyRun.Digits(folder, [.. verb == "run" ? (string[])["--resume"] : [], .. ToyRun.Set(settings)])[1..]]);

    private static Terminal Done(string verb, string folder, params string[] settings)
    {
        var terminal = Run(verb, folder, settings);
        Assert.True(terminal.Code == 0, terminal.Error);
        return terminal;
    }

    private static void Refused(string message, Terminal terminal)
    {
        Assert.Equal(message, terminal.Error);
        Assert.Equal(2, terminal.Code);
    }

    private static string Described(string folder, string key) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "labels/manifest.json")))!["description"]![key]!.GetValue<string>();

    /// <summary>Warnings are plain texts in eval.json, and texts with their stage in provenance.json.</summary>
    private static IEnumerable<string> Sentences(string file) =>
        JsonNode.Parse(File.ReadAllText(file))!["warnings"]!.AsArray()
            .Select(warning => (warning as JsonObject)?["text"]!.GetValue<string>() ?? warning!.GetValue<string>());
}
