using Retort.Objectives;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Autograd;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Distillation.Objectives;

/// <summary>What holds for every feature and relation objective of the catalogue, built as a recipe builds it.</summary>
public sealed class FeatureCatalogueTests
{
    public static TheoryData<string> Names => [.. All().Select(entry => entry.Name)];

    /// <summary>
    /// Those without trained parts that would have to be the identity. local-structure has its own: its kernel is too wide for these
    /// values.
    /// </summary>
    public static TheoryData<string> Distances => [.. All().Select(entry => entry.Name).Except(
        ["variational-information", "feature-overhaul", "activation-boundary", "factor-transfer", "knowledge-review",
            "correlation-congruence", "contrastive-representation", "feature-discriminator", "contrastive-transfer",
            "local-structure"])];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheGradientIsThatOfTheValue(string name)
    {
        using var device = new ReferenceDevice();
        var (student, teacher) = Values(name, 4, same: false);
        var objective = Hidden.Create(name, student, teacher);
        objective.Weights?.Build(device, new Seed(5));
        using (var first = new Step(device)) // what the first batch sets stays
        {
            first.Begin(training: true, new Seed(7));
            objective.Loss(first,
                Hidden.SignalsOf(first, [.. student.Select(value => first.Constant(value.Shape, value.Numbers))], teacher), 100);
        }
        var state = objective.Weights is { } weights ? device.ToDoubles(weights.FlatState) : [];
        var error = GradientCheck.WorstError(device, [.. student.Select(value => (value.Shape, value.Numbers))], (step, x) =>
        {
            if (objective.Weights is { } own) device.Write(own.FlatState, state); // memories and statistics as they were
            return objective.Loss(step, Hidden.SignalsOf(step, x, teacher), 100);
        }, new Seed(7), 1e-6);
        objective.Weights?.Dispose();
        Assert.True(error < 1e-5, $"{name}: {error}");
    }

    [Theory]
    [MemberData(nameof(Distances))]
    public void NothingIsLearntFromAnEqual(string name)
    {
        var (values, _) = Values(name, 4, same: true);
        var (loss, gradients) = Hidden.Of(name, values, values);
        Assert.Equal(0, loss, 1e-9);
        Assert.All(gradients.SelectMany(gradient => gradient), slope => Assert.Equal(0, slope, 1e-5));
        var (student, teacher) = Values(name, 4, same: false);
        Assert.True(Hidden.Of(name, student, teacher).Loss > 1e-4);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ABatchOfOneIsFinite(string name)
    {
        var (student, teacher) = Values(name, 1, same: false);
        var (loss, gradients) = Hidden.Of(name, student, teacher);
        Assert.True(double.IsFinite(loss));
        Assert.All(gradients.SelectMany(gradient => gradient), slope => Assert.True(double.IsFinite(slope)));
    }

    private static IEnumerable<ObjectiveEntry> All() => Catalog.Objectives.Where(entry => entry.Needs.HasFlag(Needs.Features));

    /// <summary>Two pairs of maps where an objective takes maps or more than one; heads for attention; else one pair of vectors.</summary>
    private static (Value[] Student, Value[] Teacher) Values(string name, long batch, bool same)
    {
        var entry = Catalog.Objective(name, "");
        if (entry.PairCount > 0) return (Heads(1, 2, 5, 3), Heads(4, 2, 5, same ? 3 : 4));
        if (name == "flow-of-solution") return (Two(1, 3, 3, 4, 4), Two(3, 3, 3, 4, 4));
        if (entry.TapRank == 3) return (Two(1, 3, 4, 4, 4), Two(3, same ? 3 : 5, same ? 4 : 6, same ? 4 : 8, same ? 4 : 8));
        return ([Value.Random(1, batch, 6)], [Value.Random(2, batch, same ? 6 : 8)]);

        Value[] Two(ulong seed, long first, long second, long size, long largest) =>
            [Value.Random(seed, batch, first, largest, largest), Value.Random(seed + 1, batch, second, size / 2, size / 2)];
        Value[] Heads(ulong seed, long heads, long length, long width) =>
            [.. Enumerable.Range(0, entry.PairCount).Select(i => Value.Random(seed + (ulong)i, batch, heads, length, width))];
    }
}
