using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;

namespace Retort.Benchmarks.Steps;

/// <summary>
/// 28×28 images through three blocks of 3×3 convolution, batch norm, ReLU (32, 64, 128 channels, 2×2 max pooling between them), the
/// mean over space and a linear layer to 10 classes. Convolutions [out, in, 3, 3] come from seeds 1, 2, 3 and the linear weight from
/// seed 4, each with scale 1/√(inputs of one output); norms begin with weight 1, bias 0, running mean 0 and variance 1.
/// </summary>
internal static class CnnModel
{
    public const string StepText = "CNN 32-64-128 on 28×28, " + DistillationStep.Text;
    public const string InferText = "CNN 32-64-128 on 28×28, " + Inference.Text;

    public static BenchmarkModel Create(Device device)
    {
        var cnn = new ConvNet(new Shape(1, 28, 28), [32, 64, 128], 10);
        cnn.Build(device, default);
        var seed = 0u;
        foreach (var weight in cnn.Convolutions.Select(convolution => convolution.Weight).Append(cnn.Output.Weight))
            PeerNumbers.Fill(weight.Value, ++seed, 1 / Math.Sqrt(weight.Shape.Count / weight.Shape[0]));
        return new BenchmarkModel(cnn, cnn.Convolutions[0].Weight.Shape.Count * 28 * 28);
    }
}
