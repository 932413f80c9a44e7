using System.Security.Cryptography;
using Retort.Data.Tables;
using Retort.Ensembles;
using Retort.Formats.Files;
using Retort.Formats.Safetensors;
using Retort.Tensors;

namespace Retort.Checkpoints;

/// <summary>An ensemble in a folder: ensemble.json (what its models are) and ensemble.safetensors (their numbers).</summary>
public static class EnsembleCheckpoint
{
    public const string NumbersFile = "ensemble.safetensors", DescriptionFile = "ensemble.json";

    public static bool Exists(string folder) =>
        File.Exists(Path.Combine(folder, NumbersFile)) && File.Exists(Path.Combine(folder, DescriptionFile));

    /// <summary>Writes both files; the numbers last, so that their presence means a whole ensemble.</summary>
    /// <param name="folder">Created when missing.</param>
    /// <param name="ensemble">Of classes, or of a number.</param>
    /// <param name="layout">How rows are encoded.</param>
    /// <param name="classNames">Of its classes.</param>
    /// <param name="target">The number that it answers; null = classes.</param>
    public static void Save(string folder, WeightedEnsemble ensemble, TableLayout layout, IReadOnlyList<string> classNames,
        TargetColumn? target = null)
    {
        Directory.CreateDirectory(folder);
        var description = new EnsembleDescription(layout.Columns, classNames,
            [.. ensemble.Members.Select(member => Describe(member.Model, member.Weight))]) { Target = target };
        AtomicFile.WriteText(Path.Combine(folder, DescriptionFile), description.ToJson());
        var tensors = ensemble.Members.SelectMany((member, i) => TensorsOf($"{i}", member.Model)).ToList();
        if (ensemble.Members.Select(member => member.Model).OfType<NearestNeighbours>().FirstOrDefault() is { } near)
        {
            tensors.Add(SafetensorsTensor.FromFloats("rows", [near.Lesson.Count, near.Lesson.Rows.Width], near.Lesson.Rows.Values));
            tensors.Add(SafetensorsTensor.FromFloats("targets", [near.Lesson.Targets.Length], near.Lesson.Targets));
        }
        SafetensorsWriter.Write(Path.Combine(folder, NumbersFile), tensors, new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <exception cref="RetortException">A file is missing, or tensors and description do not match.</exception>
    public static (WeightedEnsemble Ensemble, EnsembleDescription Description) Load(string folder)
    {
        var path = Path.Combine(folder, DescriptionFile);
        var description = EnsembleDescription.FromJson(File.ReadAllText(path), path);
        using var reader = SafetensorsReader.Open(Path.Combine(folder, NumbersFile));
        var (tensors, task) = (new EnsembleTensors(reader), new TableTask(description.Target is null ? description.ClassNames.Count : 0));
        var layout = new TableLayout(description.Columns);
        Lesson? lesson = null;
        var members = new List<(IEnsembleMember Model, double Weight)>();
        for (var i = 0; i < description.Members.Count; i++)
        {
            var (member, name, width) = (description.Members[i], $"{i}", layout.Columns.Count);
            IEnsembleMember model = member.Kind switch
            {
                MemberKind.Forest => new RandomForest(member.Name, TreeTensors.Read(tensors, name, task.Width, width), task.Width),
                MemberKind.Boosting => new GradientBoosting(member.Name, TreeTensors.Read(tensors, name, 1, width),
                    Exactly(tensors, name + ".start", task.Width), member.Rate, task),
                MemberKind.Neighbours => new NearestNeighbours(lesson ??= ReadLesson(tensors, layout, task),
                    Math.Max(1, member.Neighbours)),
                _ => new SmallNet(layout, task, member.Hidden, default) { Name = member.Name },
            };
            if (model is SmallNet net)
            {
                net.Parameters = Exactly(tensors, name + ".weights", net.Parameters.Length);
                if (task.IsRegression && Exactly(tensors, name + ".units", 2) is [var offset, var scale])
                    (net.Offset, net.Scale) = (offset, scale);
            }
            members.Add((model, member.Weight));
        }
        return (new WeightedEnsemble(members, task), description);
    }

    /// <summary>Bytes of the numbers' file.</summary>
    public static long Bytes(string folder) => new FileInfo(Path.Combine(folder, NumbersFile)).Length;

    /// <summary>SHA-256 over both files.</summary>
    public static string Hash(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in new[] { DescriptionFile, NumbersFile }) hash.AppendData(File.ReadAllBytes(Path.Combine(folder, file)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static MemberDescription Describe(IEnsembleMember model, double weight) => model switch
    {
        RandomForest => new MemberDescription(MemberKind.Forest, model.Name, weight),
        GradientBoosting boosting => new MemberDescription(MemberKind.Boosting, model.Name, weight) { Rate = boosting.Rate },
        NearestNeighbours near => new MemberDescription(MemberKind.Neighbours, model.Name, weight) { Neighbours = near.Neighbours },
        SmallNet net => new MemberDescription(MemberKind.Net, model.Name, weight) { Hidden = net.Net.Hidden },
        _ => throw new RetortException("ensemble", $"'{model.Name}' cannot be saved.", "a model of the library."),
    };

    private static IEnumerable<SafetensorsTensor> TensorsOf(string name, IEnsembleMember model) => model switch
    {
        RandomForest forest => TreeTensors.Of(name, forest.Trees),
        GradientBoosting boosting => TreeTensors.Of(name, boosting.Trees)
            .Append(SafetensorsTensor.FromFloats(name + ".start", [boosting.Start.Count], [.. boosting.Start])),
        SmallNet net =>
        [
            SafetensorsTensor.FromFloats(name + ".weights", [net.Parameters.Length], net.Parameters),
            .. net.Task.IsRegression
                ? (SafetensorsTensor[])[SafetensorsTensor.FromFloats(name + ".units", [2], [(float)net.Offset, (float)net.Scale])]
                : [],
        ],
        _ => [],
    };

    private static Lesson ReadLesson(EnsembleTensors tensors, TableLayout layout, TableTask task)
    {
        var (rows, targets) = (tensors.Floats("rows"), tensors.Floats("targets"));
        var count = rows.Length / layout.Columns.Count;
        if (count == 0 || rows.Length != count * layout.Columns.Count || targets.Length != count * task.Width)
            throw new RetortException(tensors.Path, $"has {rows.Length} numbers of rows and {targets.Length} of targets.",
                $"{layout.Columns.Count} and {task.Width} a row.", "use the pair of files of one run.");
        return new Lesson(new MixedRows(layout.Columns, rows), task, targets);
    }

    private static float[] Exactly(EnsembleTensors tensors, string name, int count)
    {
        var values = tensors.Floats(name);
        return values.Length == count ? values : throw new RetortException(tensors.Path, $"tensor '{name}' has {values.Length} numbers.",
            $"{count}, from {DescriptionFile}.", "use the pair of files of one run.");
    }
}
