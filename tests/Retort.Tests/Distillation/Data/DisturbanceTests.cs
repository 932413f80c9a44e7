using Retort.Data;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data;

public sealed class DisturbanceTests
{
    private static readonly Dataset Images = Of([1, 9, 9], 40), Table = Of([30], 400);

    [Fact]
    public void ImagesAndTablesHaveTheirOwn()
    {
        Assert.Equal(4, Disturbance.For([1, 9, 9]).Count);
        Assert.Equal(2, Disturbance.For([30]).Count);
    }

    [Fact]
    public void EveryOneChangesTheExamplesTheSameWayEachTime()
    {
        foreach (var disturbance in Disturbance.For([1, 9, 9]).Concat(Disturbance.For([30])))
        {
            var data = disturbance.Name.Contains("columns", StringComparison.Ordinal) ? Table : Images;
            var once = disturbance.Of(data, data.Count, new Seed(1));
            Assert.Equal(once.Features, disturbance.Of(data, data.Count, new Seed(1)).Features);
            Assert.NotEqual(data.Features, once.Features);
            Assert.Equal(data.Labels, once.Labels);
        }
    }

    [Fact]
    public void NoiseHasHalfTheDeviationOfTheData()
    {
        var noisy = Named(Images, "noise").Of(Images, Images.Count, new Seed(1));
        var noise = noisy.Features.Zip(Images.Features, (after, before) => after - before).ToArray();
        Assert.InRange(Augmentation.DeviationOf(noise) / Augmentation.DeviationOf(Images.Features), 0.47, 0.53);
    }

    [Fact]
    public void BlurKeepsTheSumAwayFromTheEdgesAndSpreads()
    {
        var point = new float[81];
        point[40] = 16 * 16;
        var blurred = Named(Images, "blur").Of(With(point), 1, new Seed(1)).Features;
        Assert.Equal(16 * 16, blurred.Sum(), 1e-2);
        Assert.Equal(36, blurred[40], 1e-3); // (6/16)² of it
        Assert.Equal(1, blurred[38 - 18], 1e-3); // the corner of the window: (1/16)²
    }

    [Fact]
    public void ACoverTakesOneNinth()
    {
        var covered = Named(Images, "covered").Of(With([.. Enumerable.Repeat(1f, 81)]), 1, new Seed(1)).Features;
        Assert.Equal(9, covered.Count(value => value == 0));
    }

    [Fact]
    public void AMissingColumnHasItsMean()
    {
        var lost = Named(Table, "columns").Of(Table, Table.Count, new Seed(1));
        var changed = Enumerable.Range(0, lost.Features.Length).Where(i => lost.Features[i] != Table.Features[i]).ToList();
        Assert.InRange((double)changed.Count / lost.Features.Length, 0.18, 0.22);
        var mean = Enumerable.Range(0, Table.Count).Average(row => Table.Features[row * 30 + changed[0] % 30]);
        Assert.Equal(mean, lost.Features[changed[0]], 1e-5);
    }

    private static Disturbance Named(Dataset data, string part) =>
        Disturbance.For(data.ExampleShape).Single(one => one.Name.Contains(part, StringComparison.Ordinal));

    private static Dataset With(float[] image) =>
        new() { Features = image, Labels = [0], ExampleShape = [1, 9, 9], ClassNames = ["a", "b"], Hash = "" };

    private static Dataset Of(int[] shape, int count)
    {
        var size = shape.Aggregate((a, b) => a * b);
        var seed = new Seed(7);
        return new Dataset { Features = [.. Enumerable.Range(0, count * size).Select(i => (float)seed.Normal((ulong)i))],
            Labels = [.. Enumerable.Range(0, count).Select(i => i % 2)], ExampleShape = shape, ClassNames = ["a", "b"], Hash = "" };
    }
}
