using Retort.Data;
using Retort.Nn;
using Retort.Nn.Optimizers;
using Retort.Tensors;

namespace Retort.Training;

/// <summary>
/// Normal noise of the data's mean and deviation: the cheapest transfer without data. In images it may be smooth: each number becomes the
/// mean of a square around it, twice, of a size that is drawn for each image, and the image gets its deviation back.
/// </summary>
/// <param name="exampleShape">Shape of one example.</param>
/// <param name="scale">Mean and deviation of all numbers of the data, as the teacher's inputs have them.</param>
/// <param name="smoothness">Largest distance, in pixels, that the square reaches from its middle; 0 = white noise.</param>
/// <param name="seed">The noise derives from it, by update.</param>
public sealed class NoiseExamples(Shape exampleShape, (double Mean, double Deviation) scale, int smoothness, Seed seed) : IExampleMaker
{
    private readonly int _size = checked((int)exampleShape.Count);
    private float[] _values = [], _other = [];

    public IReadOnlyList<(Weights Weights, Optimizer Optimizer)> Trained => [];

    public Tensor Next(Step step, int count, long update)
    {
        if (_values.Length < count * _size) _values = new float[count * _size];
        var own = seed.Derive((ulong)update);
        for (var i = 0; i < count * _size; i++) _values[i] = (float)own.Normal((ulong)i);
        var reach = own.Derive("reach");
        for (var row = 0; row < count; row++) Smooth(_values.AsSpan(row * _size, _size), reach.Below(smoothness + 1, (ulong)row));
        for (var i = 0; i < count * _size; i++) _values[i] = (float)(scale.Mean + scale.Deviation * _values[i]);
        return step.Constant(new Shape([count, .. exampleShape.ToArray()]), _values.AsSpan(0, count * _size));
    }

    /// <summary>Leaves an image with mean 0 and deviation 1; with a reach of 0 as it is.</summary>
    private void Smooth(Span<float> example, int reach)
    {
        if (reach == 0) return;
        var (height, width) = ((int)exampleShape[1], (int)exampleShape[2]);
        for (var pass = 0; pass < 2 * exampleShape[0]; pass++)
        {
            var plane = example.Slice(pass / 2 * height * width, height * width);
            for (var y = 0; y < height; y++) SmoothLine(plane, y * width, 1, width, reach);
            for (var x = 0; x < width; x++) SmoothLine(plane, x, width, height, reach);
        }
        var (mean, deviation) = Augmentation.ScaleOf(example);
        foreach (ref var value in example) value = (float)((value - mean) / Math.Max(deviation, 1e-12));
    }

    /// <summary>A line of numbers, each made the mean of itself and those within reach; beyond the ends there is nothing.</summary>
    private void SmoothLine(Span<float> values, int first, int stride, int length, int reach)
    {
        if (_other.Length < length) _other = new float[length];
        for (var i = 0; i < length; i++)
        {
            int from = Math.Max(0, i - reach), to = Math.Min(length - 1, i + reach);
            var sum = 0f;
            for (var j = from; j <= to; j++) sum += values[first + j * stride];
            _other[i] = sum / (to - from + 1);
        }
        for (var i = 0; i < length; i++) values[first + i * stride] = _other[i];
    }

    public void Dispose()
    {
    }
}
