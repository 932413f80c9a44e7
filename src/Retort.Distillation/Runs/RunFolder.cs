using System.Globalization;
using Retort.Formats.Files;
using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Runs;

/// <summary>
/// The folder of one run, held for this process while it is open. Sub-folders are made when they are first asked for by
/// <see cref="Folder"/>; every text is written whole or not at all.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private readonly RunLock _lock;
    private readonly SortedDictionary<string, string> _stages;

    private RunFolder(string root, RunLock runLock, SortedDictionary<string, string> stages) =>
        (Root, _lock, _stages) = (root, runLock, stages);

    public string Root { get; }
    public string Labels => Path.Combine(Root, "labels");
    public string Teacher => Path.Combine(Root, "teacher");
    public string Student => Path.Combine(Root, "student");
    public string Baseline => Path.Combine(Root, "baseline");
    public string Controls => Path.Combine(Root, "controls");
    public string Checkpoints => Path.Combine(Root, "checkpoints");
    public string Export => Path.Combine(Root, "export");
    public string Recipe => Path.Combine(Root, "recipe.yaml");
    public string EvalJson => Path.Combine(Root, "eval.json");
    public string ReportHtml => Path.Combine(Root, "report.html");
    public string Events => Path.Combine(Root, "events.jsonl");
    public string Provenance => Path.Combine(Root, "provenance.json");

    /// <summary>Takes a new or empty folder, or with <paramref name="resume"/> one that already holds a run.</summary>
    /// <exception cref="RetortException">A living run holds the folder, it holds something else, or a run without --resume.</exception>
    public static RunFolder Open(string path, bool resume)
    {
        var root = Path.GetFullPath(path);
        if (File.Exists(root))
            throw new RetortException(root, "is a file.", "expected a folder, or a name that is free.",
                "choose another folder with --out.");
        var isRun = File.Exists(Path.Combine(root, StageMarks.FileName));
        var foreign = Directory.Exists(root)
            ? Directory.EnumerateFileSystemEntries(root).Select(Path.GetFileName).Where(IsForeign).Order().ToList()
            : [];
        if (!isRun && foreign.Count > 0)
            throw new RetortException(root, $"holds no run of retort, but {foreign.Count} other entries ({foreign[0]}, …).",
                "expected an empty folder, a new one, or a run to go on with.", "choose another folder with --out.");

        Directory.CreateDirectory(root);
        var runLock = RunLock.Take(root);
        try
        {
            if (isRun && !resume)
                throw new RetortException(root, "already holds a run.", "expected an empty folder or a new one.",
                    "add --resume to go on with it, or choose another folder with --out.");
            var folder = new RunFolder(root, runLock, StageMarks.Read(Path.Combine(root, StageMarks.FileName)));
            folder.Sweep();
            if (!isRun) folder.WriteStages();
            return folder;
        }
        catch
        {
            runLock.Dispose();
            throw;
        }
    }

    /// <summary>Where a teacher's checkpoint lies: given by the recipe, or trained in this run.</summary>
    /// <param name="members">The recipe's teachers.</param>
    /// <param name="index">Which of them.</param>
    public string TeacherFolder(IReadOnlyList<TeacherMember> members, int index) =>
        members[index] is { Source: "checkpoint" or "onnx" } given ? given.Path : Path.Combine(Teacher, index.ToString(CultureInfo.InvariantCulture));

    /// <summary>Where a student lies that was trained to be compared with.</summary>
    /// <param name="name">What is different about it.</param>
    public string Control(string name) => Path.Combine(Controls, name);

    /// <summary>Where a state from the way of a teacher's training lies, from 0.</summary>
    public static string Snapshot(string teacherFolder, int number) =>
        Path.Combine(teacherFolder, string.Create(CultureInfo.InvariantCulture, $"snapshot-{number}"));

    /// <summary>Bytes of the sealed label shards.</summary>
    public long LabelBytes =>
        Directory.Exists(Labels) ? Directory.EnumerateFiles(Labels, "*.safetensors").Sum(file => new FileInfo(file).Length) : 0;

    /// <summary>Makes the sub-folder if it is missing: <c>folder.Folder(folder.Labels)</c>.</summary>
    public string Folder(string path) => Directory.CreateDirectory(path).FullName;

    /// <summary>Writes a text file of the run, whole or not at all.</summary>
    /// <param name="name">A name in the folder, or a path below it.</param>
    /// <param name="text">UTF-8, no byte order mark.</param>
    public void WriteText(string name, string text)
    {
        var path = Path.GetFullPath(name, Root);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.WriteText(path, text);
    }

    /// <returns>A text that was written here; null when there is none.</returns>
    public string? TryReadText(string name) =>
        Path.GetFullPath(name, Root) is var path && File.Exists(path) ? File.ReadAllText(path) : null;

    /// <summary>Marks a stage as finished for these inputs, so that a resumed run passes over it.</summary>
    public void StageDone(string stage, string inputsHash)
    {
        _stages[stage] = inputsHash;
        WriteStages();
    }

    /// <summary>True when the stage was finished from the same inputs.</summary>
    public bool IsStageDone(string stage, string inputsHash) => _stages.TryGetValue(stage, out var hash) && hash == inputsHash;

    public void Dispose() => _lock.Dispose();

    private void WriteStages() => WriteText(StageMarks.FileName, StageMarks.ToJson(_stages));

    /// <summary>Temporary files belong to the process that wrote them; that one is dead, for the lock is ours.</summary>
    private void Sweep()
    {
        foreach (var leftover in Directory.EnumerateFiles(Root, ".*.tmp", SearchOption.AllDirectories)) File.Delete(leftover);
    }

    /// <summary>The lock and an unfinished temporary file are what a run killed at its very start leaves.</summary>
    private static bool IsForeign(string? name) =>
        name is not (RunLock.FileName or RunLock.HolderName) && !(name!.StartsWith('.') && name.EndsWith(".tmp", StringComparison.Ordinal));
}
