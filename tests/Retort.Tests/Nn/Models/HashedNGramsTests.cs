using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Autograd;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Nn.Models;

public sealed class HashedNGramsTests : IDisposable
{
    private const int Buckets = 8, Width = 3;
    private readonly CpuDevice _device = new(1);
    private readonly HashedNGrams _model = new(4, Buckets, Width, [], 2);

    public HashedNGramsTests() => _model.Build(_device, new Seed(1));

    public void Dispose()
    {
        _model.Dispose();
        _device.Dispose();
    }

    /// <summary>Bucket 1 plus, bucket 2 minus, bucket 1 plus again, by hand; and a text of nothing gives the biases.</summary>
    [Fact]
    public void ASignedSumOverItsRootAndALinearLayer()
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        var logits = _device.ToFloats(_model.Forward(step, step.Constant(new Shape(2, 4), [2f, 5f, 2f, -1f, -1f, -1f, -1f, -1f])));
        float[] table = Values("ngrams.weight"), weight = Values("output.weight"), bias = Values("output.bias");
        for (var c = 0; c < 2; c++)
        {
            var wanted = (double)bias[c];
            for (var k = 0; k < Width; k++)
                wanted += weight[c * Width + k] * (2 * table[1 * Width + k] - table[2 * Width + k]) / Math.Sqrt(3);
            Assert.Equal(wanted, logits[c], 1e-6);
            Assert.Equal(bias[c], logits[2 + c], 1e-7);
        }
    }

    /// <summary>Rows of numbers and rows of ids are the same texts.</summary>
    [Fact]
    public void IdsAreRows()
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        var rows = _device.ToFloats(_model.Forward(step, step.Constant(new Shape(1, 4), [7f, 0f, -1f, -1f])));
        step.Begin(training: false);
        Assert.Equal(rows, _device.ToFloats(_model.Forward(step, step.Constant(new Shape(1, 2), (ReadOnlySpan<int>)[7, 0]))));
    }

    /// <summary>The table's gradient against central differences; a bucket that no text names has none.</summary>
    [Fact]
    public void TheTableLearns()
    {
        using var device = new ReferenceDevice();
        using var model = new HashedNGrams(4, Buckets, Width, [5], 2);
        using var step = new Step(device);
        model.Build(device, new Seed(2));
        float[] rows = [2, 5, 2, -1, 9, 4, -1, -1];
        double[] upstream = GradientCheck.Upstream(4, new Seed(5));
        Tensor Logits(bool training)
        {
            step.Begin(training, new Seed(1));
            return model.Forward(step, step.Constant(new Shape(2, 4), rows));
        }
        step.Backward(Logits(training: true), step.Constant(new Shape(2, 2), upstream));
        var parameter = model.Weights.Parameters[0];
        var gradient = device.ToDoubles(model.Weights.Gradients.Part(parameter.Offset, parameter.Shape));
        var table = device.ToDoubles(parameter.Value);
        for (var i = 0; i < table.Length; i++)
        {
            double Moved(double by)
            {
                device.Write(parameter.Value, [.. table.Select((value, j) => j == i ? value + by : value)]);
                return device.ToDoubles(Logits(training: false)).Zip(upstream, (value, weight) => value * weight).Sum();
            }
            Assert.Equal((Moved(1e-5) - Moved(-1e-5)) / 2e-5, gradient[i], 1e-7);
            if (i / Width is not (1 or 2 or 4)) Assert.Equal(0, gradient[i]);
        }
        Assert.Contains(gradient, value => Math.Abs(value) > 1e-3);
    }

    [Fact]
    public void ANumberOfNoBucketIsRefused()
    {
        using var step = new Step(_device);
        step.Begin(training: false);
        var error = Assert.Throws<RetortException>(() => _model.Forward(step, step.Constant(new Shape(1, 4), [16f, -1f, -1f, -1f])));
        Assert.Contains("was given the number 16", error.Message, StringComparison.Ordinal);
    }

    private float[] Values(string name) => _device.ToFloats(_model.Weights.Parameters.Single(parameter => parameter.Name == name).Value);
}
