using Retort.Checkpoints;
using Retort.Data.Tables;
using Retort.Ensembles;
using Retort.Formats.Safetensors;
using Retort.Tensors;
using Retort.Tests.Distillation.Ensembles;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Checkpoints;

public sealed class EnsembleCheckpointTests
{
    private readonly Lesson _lesson = Rows.Mixed(120, 3);

    /// <summary>A model of each kind; the loaded ensemble says the same to the bit.</summary>
    [Fact]
    public void WhatIsSavedAnswersTheSame()
    {
        using var folder = new TemporaryFolder();
        using var saved = Save(folder.At("e"));
        Assert.True(EnsembleCheckpoint.Exists(folder.At("e")));
        var (loaded, description) = EnsembleCheckpoint.Load(folder.At("e"));
        using (loaded)
        {
            Assert.Equal(saved.Answer(_lesson.Rows), loaded.Answer(_lesson.Rows));
            Assert.Equal(saved.Members.Select(member => (member.Model.Name, member.Weight)),
                loaded.Members.Select(member => (member.Model.Name, member.Weight)));
        }
        Assert.Equal(_lesson.Rows.Columns, description.Columns);
        Assert.Equal(["no", "yes"], description.ClassNames);
        Assert.Equal(64, EnsembleCheckpoint.Hash(folder.At("e")).Length);
    }

    /// <summary>Of numbers too: the column is in the description, and a net answers in its units.</summary>
    [Fact]
    public void AnEnsembleOfNumbersAnswersTheSame()
    {
        using var folder = new TemporaryFolder();
        var lesson = Lesson.OfNumbers(_lesson.Rows, [.. _lesson.Targets.Select((target, row) => 50 * target + row % 7)]);
        var layout = new TableLayout(_lesson.Rows.Columns);
        var net = new SmallNet(layout, lesson.Task, [5], new Seed(3)) { Offset = 25, Scale = 8 };
        using var saved = new WeightedEnsemble([(RandomForest.Train(lesson, 3, 1, 0, new Seed(1)), 0.3),
            (GradientBoosting.Train(lesson, 4, 2, 0.1, 1, new Seed(2)), 0.3), (new NearestNeighbours(lesson, 3), 0.2), (net, 0.2)],
            lesson.Task);
        var target = new TargetColumn("y", 0.1, 1 / 3.0);
        EnsembleCheckpoint.Save(folder.At("e"), saved, layout, ["y"], target);
        var (loaded, description) = EnsembleCheckpoint.Load(folder.At("e"));
        using (loaded) Assert.Equal(saved.Answer(lesson.Rows), loaded.Answer(lesson.Rows));
        Assert.Equal(target, description.Target);
    }

    /// <summary>A child that is its own parent would be walked for ever.</summary>
    [Fact]
    public void ABrokenTreeIsRefused()
    {
        using var folder = new TemporaryFolder();
        using var saved = Save(folder.At("e"));
        var path = folder.At("e/" + EnsembleCheckpoint.NumbersFile);
        List<SafetensorsTensor> tensors;
        using (var reader = SafetensorsReader.Open(path))
            tensors = [.. reader.Entries.Keys.Select(name => name == "0.nodes"
                ? SafetensorsTensor.FromInts(name, reader.Entries[name].Shape, new int[(int)reader.Entries[name].Shape[0] * 3])
                : new SafetensorsTensor(name, reader.Entries[name].DataType, reader.Entries[name].Shape, reader.Bytes(name).ToArray()))];
        tensors = [.. tensors.Select(tensor => tensor.Name == "0.nodes" ? Loop(tensor) : tensor)];
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>());
        var error = Assert.Throws<RetortException>(() => EnsembleCheckpoint.Load(folder.At("e")));
        Assert.Contains("tree 0 of model '0' is broken.", error.Message, StringComparison.Ordinal);
    }

    private static SafetensorsTensor Loop(SafetensorsTensor tensor)
    {
        var nodes = new int[tensor.Shape[0] * 3];
        nodes[0] = (int)NodeKind.Below;
        return SafetensorsTensor.FromInts(tensor.Name, tensor.Shape, nodes);
    }

    private WeightedEnsemble Save(string folder)
    {
        var layout = new TableLayout(_lesson.Rows.Columns);
        var ensemble = new WeightedEnsemble([(RandomForest.Train(_lesson, 3, 1, 0, new Seed(1)), 0.4),
            (GradientBoosting.Train(_lesson, 4, 2, 0.1, 1, new Seed(2)), 0.3), (new NearestNeighbours(_lesson, 3), 0.2),
            (new SmallNet(layout, _lesson.Task, [5], new Seed(3)), 0.1)], _lesson.Task);
        EnsembleCheckpoint.Save(folder, ensemble, layout, ["no", "yes"]);
        return ensemble;
    }
}
