using Retort.Tensors;

namespace Retort.Data;

/// <summary>A way in which inputs get worse in use, with a strength that is the same for everybody.</summary>
/// <param name="Name">In reports.</param>
/// <param name="Apply">From an example to a worse one: (example, row, data, seed, target).</param>
public sealed record Disturbance(string Name, Disturbance.Change Apply)
{
    private const double NoiseDeviations = 0.5, LostShare = 0.2;
    private const int ShiftPixels = 3, BlurRounds = 2;

    public delegate void Change(ReadOnlySpan<float> example, int row, DisturbedData data, Seed seed, Span<float> target);

    /// <summary>Those that fit the examples: images are shifted, blurred and covered, tables lose columns; both get noise.</summary>
    public static IReadOnlyList<Disturbance> For(IReadOnlyList<int> exampleShape) => exampleShape.Count == 3
        ?
        [
            new("noise of half a standard deviation", Noise),
            new($"shift by up to {ShiftPixels} pixels", (example, row, data, seed, target) =>
                Augmentation.Shift(example, data.ExampleShape, ShiftPixels, seed, 0, row, target)),
            new("blur over 5 pixels", (example, _, data, _, target) => Blur(example, data.ExampleShape, target)),
            new("a third covered", (example, row, data, seed, target) => Cover(example, data.ExampleShape, seed, row, target)),
        ]
        : [new("noise of half a standard deviation", Noise), new("a fifth of the columns missing", Lose)];

    /// <summary>The first rows of a data set, each disturbed by a seed of its own.</summary>
    public Dataset Of(Dataset data, int rows, Seed seed)
    {
        rows = Math.Min(rows, data.Count);
        var facts = new DisturbedData(data);
        var features = new float[rows * data.ExampleSize];
        for (var row = 0; row < rows; row++)
            Apply(data.Example(row), row, facts, seed.Derive(Name), features.AsSpan(row * data.ExampleSize, data.ExampleSize));
        return new Dataset { Features = features, Labels = data.Labels[..rows], ExampleShape = data.ExampleShape,
            ClassNames = data.ClassNames, Hash = "",
            Numbers = data.Numbers is { } numbers ? numbers with { Values = numbers.Values[..rows] } : null,
            Other = data.Other is { } other ? Of(other, rows, seed) : null,
            View = data.View is { } view ? view with { Nodes = [.. view.Nodes.Take(rows)] } : null };
    }

    private static void Noise(ReadOnlySpan<float> example, int row, DisturbedData data, Seed seed, Span<float> target) =>
        Augmentation.AddNoise(example, NoiseDeviations * data.Deviation, seed, 0, row, target);

    /// <summary>The binomial window 1 2 1, in both directions, twice.</summary>
    private static void Blur(ReadOnlySpan<float> example, IReadOnlyList<int> shape, Span<float> target)
    {
        example.CopyTo(target);
        var before = new float[example.Length];
        int height = shape[1], width = shape[2];
        for (var round = 0; round < 2 * BlurRounds; round++)
        {
            target.CopyTo(before);
            var down = round % 2 == 0;
            for (var i = 0; i < target.Length; i++)
            {
                var (place, last, stride) = down ? (i / width % height, height - 1, width) : (i % width, width - 1, 1);
                target[i] = (before[place > 0 ? i - stride : i] + 2 * before[i] + before[place < last ? i + stride : i]) / 4;
            }
        }
    }

    /// <summary>A rectangle of a third of the height and of the width becomes 0.</summary>
    private static void Cover(ReadOnlySpan<float> example, IReadOnlyList<int> shape, Seed seed, int row, Span<float> target)
    {
        example.CopyTo(target);
        int height = shape[1], width = shape[2], tall = Math.Max(1, height / 3), wide = Math.Max(1, width / 3);
        int top = seed.Below(height - tall + 1, (ulong)row), left = seed.Below(width - wide + 1, (ulong)row, 1);
        for (var channel = 0; channel < shape[0]; channel++)
            for (var y = top; y < top + tall; y++) target.Slice((channel * height + y) * width + left, wide).Clear();
    }

    /// <summary>A column that is missing has its mean, as in the reader of tables.</summary>
    private static void Lose(ReadOnlySpan<float> example, int row, DisturbedData data, Seed seed, Span<float> target)
    {
        for (var column = 0; column < example.Length; column++)
            target[column] = seed.Uniform((ulong)row, (ulong)column) < LostShare ? data.Mean(column) : example[column];
    }
}

/// <summary>What a disturbance needs to know of the data.</summary>
public sealed class DisturbedData(Dataset data)
{
    private float[]? _means;
    private double? _deviation;

    public IReadOnlyList<int> ExampleShape => data.ExampleShape;

    /// <summary>Standard deviation of all numbers.</summary>
    public double Deviation => _deviation ??= Augmentation.DeviationOf(data.Features);

    public float Mean(int column) => (_means ??= Means())[column];

    private float[] Means()
    {
        var sums = new double[data.ExampleSize];
        for (var i = 0; i < data.Features.Length; i++) sums[i % sums.Length] += data.Features[i];
        return [.. sums.Select(sum => (float)(sum / Math.Max(1, data.Count)))];
    }
}
