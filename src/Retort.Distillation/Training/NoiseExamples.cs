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
        for (var row = 0; row < count; row++) Finish(_values.AsSpan(row * _size, _size), reach.Below(smoothness + 1, (ulong)row));
        return step.Constant(new Shape([count, .. exampleShape.ToArray()]), _values.AsSpan(0, count * _size));
    }

    private void Finish(Span<float> example, int reach)
    {
        if (reach > 0)
        {
            var (height, width) = ((int)exampleShape[1], (int)exampleShape[2]);
            for (var channel = 0; channel < exampleShape[0]; channel++)
            {
                var plane = example.Slice(channel * height * width, height * width);
                for (var time = 0; time < 2; time++)
                {
                    for (var y = 0; y < height; y++) Smooth(plane, y * width, 1, width, reach);
                    for (var x = 0; x < width; x++) Smooth(plane, x, width, height, reach);
                }
            }
        }
        var mean = 0.0;
        var squares = 0.0;
        foreach (var value in example) (mean, squares) = (mean + value, squares + value * value);
        mean = reach > 0 ? mean / example.Length : 0;
        var deviation = reach > 0 ? Math.Sqrt(squares / example.Length - mean * mean) : 1;
        for (var i = 0; i < example.Length; i++)
            example[i] = (float)(scale.Mean + scale.Deviation * (example[i] - mean) / Math.Max(deviation, 1e-12));
    }

    /// <summary>A line of numbers, each made the mean of itself and those within reach; beyond the ends there is nothing.</summary>
    private void Smooth(Span<float> values, int first, int stride, int length, int reach)
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
