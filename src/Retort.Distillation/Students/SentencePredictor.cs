using Retort.Data;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Students;

/// <summary>An encoder's vectors of the first texts of a data set, in evaluation mode.</summary>
public static class SentencePredictor
{
    private const int BatchSize = 64;

    /// <param name="encoder">Teacher, student or baseline.</param>
    /// <param name="data">Texts as they are encoded.</param>
    /// <param name="texts">How many.</param>
    /// <param name="device">Where the encoder lives.</param>
    /// <returns>[texts, width] of length 1</returns>
    public static float[] Of(Bert encoder, Dataset data, int texts, Device device)
    {
        using var step = new Step(device, "sentences");
        var values = new List<float>();
        for (var first = 0; first < texts; first += BatchSize)
        {
            var count = Math.Min(BatchSize, texts - first);
            step.Begin(training: false);
            values.AddRange(device.ToFloats(encoder.Embed(step, step.Constant(encoder.BatchShape(count),
                data.Features.AsSpan(first * data.ExampleSize, count * data.ExampleSize)))));
        }
        return [.. values];
    }
}
