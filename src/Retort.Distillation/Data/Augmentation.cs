using Retort.Tensors;

namespace Retort.Data;

/// <summary>Whole-pixel shifts and noise, keyed by (seed, epoch, row): the same view of a row whoever asks.</summary>
public static class Augmentation
{
    /// <summary>Moves an image by up to <paramref name="largest"/> pixels in each direction; what comes in from outside is 0.</summary>
    /// <param name="example">[channels, height, width]</param>
    /// <param name="exampleShape">Its shape.</param>
    /// <param name="largest">Largest shift; both axes draw uniformly from −largest to largest.</param>
    /// <param name="seed">The run's seed for augmentation.</param>
    /// <param name="epoch">Epoch from 0.</param>
    /// <param name="row">Row of the data set.</param>
    /// <param name="target">Written whole.</param>
    public static void Shift(ReadOnlySpan<float> example, IReadOnlyList<int> exampleShape, int largest, Seed seed, long epoch, int row,
        Span<float> target)
    {
        var (a, b, _, _) = seed.Block((ulong)row, (ulong)epoch);
        var span = (ulong)(2 * largest + 1);
        Move(example, exampleShape, (int)((a * span) >> 32) - largest, (int)((b * span) >> 32) - largest, target);
    }

    /// <summary>Adds normal noise of this deviation, keyed as the shifts are.</summary>
    public static void AddNoise(ReadOnlySpan<float> example, double deviation, Seed seed, long epoch, int row, Span<float> target)
    {
        var own = seed.Derive((ulong)row).Derive((ulong)epoch);
        for (var i = 0; i < example.Length; i++) target[i] = (float)(example[i] + deviation * own.Normal((ulong)i));
    }

    /// <summary>Standard deviation of all numbers.</summary>
    public static double DeviationOf(ReadOnlySpan<float> values) => ScaleOf(values).Deviation;

    /// <summary>Mean and standard deviation of all numbers.</summary>
    public static (double Mean, double Deviation) ScaleOf(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (var value in values)
        {
            sum += value;
            squares += (double)value * value;
        }
        var mean = sum / Math.Max(1, values.Length);
        return (mean, Math.Sqrt(Math.Max(0, squares / Math.Max(1, values.Length) - mean * mean)));
    }

    /// <summary>x_i ← share·x_i + (1 − share)·x_j with j counted from the other end of the batch (Zhang et al. 2018, mixup).</summary>
    /// <param name="examples">[count, size], changed in place.</param>
    /// <param name="size">Numbers of an example.</param>
    /// <param name="share">In [0, 1].</param>
    public static void Mix(Span<float> examples, int size, double share)
    {
        var own = (float)share;
        for (int i = 0, j = examples.Length / size - 1; i < j; i++, j--)
        {
            Span<float> first = examples.Slice(i * size, size), second = examples.Slice(j * size, size);
            for (var k = 0; k < size; k++) (first[k], second[k]) =
                (own * first[k] + (1 - own) * second[k], own * second[k] + (1 - own) * first[k]);
        }
    }

    /// <summary>Moves an image down and right by whole pixels.</summary>
    public static void Move(ReadOnlySpan<float> example, IReadOnlyList<int> exampleShape, int down, int right, Span<float> target)
    {
        if (exampleShape.Count != 3)
            throw new RetortException("augmentShift", $"examples have {exampleShape.Count} dimension(s).",
                "only images [channels, height, width] can be shifted.", "remove augmentShift.");
        var (channels, height, width) = (exampleShape[0], exampleShape[1], exampleShape[2]);
        target.Clear();
        var (from, to) = (Math.Max(0, -right), Math.Max(0, right));
        var kept = width - Math.Abs(right);
        if (kept <= 0) return;
        for (var channel = 0; channel < channels; channel++)
            for (var y = Math.Max(0, down); y < Math.Min(height, height + down); y++)
            {
                var line = (channel * height + y) * width;
                example.Slice(line - down * width + from, kept).CopyTo(target.Slice(line + to, kept));
            }
    }
}
